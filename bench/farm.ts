// How much of its slots a farm uses: the seconds Blender needed for the frames, shared among the slots, over the wall
// time from the submitting to the last frame's being stored. Beside it, on the same frames and in turns: two plain
// Blenders with half of the frames each, and GNU parallel with a Blender for each frame. Two slots of one thread.
// The farm also since it has the job, without the start of the command that brings it. Then what processor time the farm's
// own processes took for each frame, beside Blender's.
// Run after `npm run build`: npx tsx --conditions=source bench/farm.ts [rounds] [frames]
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FarmClient } from '@akashganga/client';
import { type Job, jobRoutes } from '@akashganga/protocol';
import { secondsByKind } from './process-times.ts';
import { frameSeconds, median, runProgram } from './run-program.ts';

const rounds = Number(process.argv[2] ?? 3);
const frames = Number(process.argv[3] ?? 40);
const slots = 2;
const blender = process.env.AKASHGANGA_BLENDER ?? 'blender';
const command = join(import.meta.dirname, '../packages/cli/dist/main.js');
const folder = await mkdtemp(join(tmpdir(), 'akashganga-bench-'));
const scene = join(folder, 'reference.blend');
const plain = ['-b', '--factory-startup', '--disable-autoexec', scene, '-t', '1'];

interface Measured {
  /** Seconds of rendering and saving, of all frames together, as Blender tells them. */
  readonly pure: number;
  readonly wall: number;
  /** Of the wall seconds, those until the farm had the job: the command's own start. */
  readonly command?: number;
}

const ways: Record<string, () => Promise<Measured>> = {
  'akashganga, one frame a lease': farm,
  'two Blenders, half each': staticSplit,
  'GNU parallel, one a frame': parallel,
};

const maker = join(import.meta.dirname, 'bench-scenes.py');
await runProgram(blender, ['-b', '--factory-startup', '-P', maker, '--', folder, 'reference']);
const spent = new Map<string, number>();
const { up, url, key } = await startFarm();
const client = new FarmClient({ url, key });
try {
  const results = new Map<string, Measured[]>(Object.keys(ways).map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1)
    for (const [name, measure] of Object.entries(ways)) results.get(name)?.push(await measure());
  console.log(`${rounds} rounds of ${frames} frames on ${slots} slots of one thread`);
  console.log('way                              pure s    wall s  ideal/wall   (worst .. best)');
  for (const [name, all] of results) {
    print(name, all);
    const since = all.map(({ pure, wall, command = 0 }) => ({ pure, wall: wall - command }));
    if (all.some(({ command }) => command !== undefined)) print('  since it has the job', since);
  }
  printSpent();
} finally {
  await client.close();
  up.kill('SIGINT');
  await new Promise((ended) => up.once('close', ended));
  await rm(folder, { recursive: true, force: true });
}

function print(name: string, all: Measured[]): void {
  const uses = all.map(({ pure, wall }) => pure / slots / wall).sort((a, b) => a - b);
  console.log(
    name.padEnd(30),
    median(all.map(({ pure }) => pure))
      .toFixed(2)
      .padStart(8),
    median(all.map(({ wall }) => wall))
      .toFixed(2)
      .padStart(9),
    median(uses).toFixed(3).padStart(11),
    `  (${uses[0]?.toFixed(3)} .. ${uses.at(-1)?.toFixed(3)})`,
  );
}

function printSpent(): void {
  const kinds = [...spent].filter(([, seconds]) => seconds > 0).sort(([, a], [, b]) => b - a);
  console.log('processor milliseconds a frame, from the submitting to the last frame, of the farm:');
  for (const [kind, seconds] of kinds)
    console.log(kind.padEnd(30), ((seconds * 1000) / frames / rounds).toFixed(1).padStart(8));
}

async function startFarm(): Promise<{ up: ChildProcess; url: string; key: string }> {
  const flags = ['--host', '127.0.0.1', '--port', '0', '--frames-port', '0', '--slots', String(slots)];
  const data = join(folder, 'data');
  const child = spawn('node', [command, 'up', '--json', '--data', data, ...flags], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, AKASHGANGA_DATA: data },
  });
  const line = await new Promise<string>((told, failed) => {
    child.stdout.once('data', (chunk) => told(String(chunk)));
    child.once('close', () => failed(new Error('The farm did not start.')));
  });
  const said = JSON.parse(line.split('\n')[0] ?? '') as { url: string };
  const { readFile } = await import('node:fs/promises');
  return { up: child, url: said.url, key: (await readFile(join(data, 'key'), 'utf8')).trim() };
}

async function farm(): Promise<Measured> {
  const before = await secondsByKind(up.pid ?? 0);
  const began = performance.now();
  const clock = Date.now();
  const flags = ['--frames', `1-${frames}`, '--chunk', '1', '--json', '--data', join(folder, 'data')];
  const { stdout } = await runProgram('node', [command, 'submit', scene, ...flags]);
  const { job } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as { job: string };
  let state: Job;
  // Asking takes processor time too: finely only when the end is near.
  do {
    state = await client.call(jobRoutes.get, { params: { job } });
    if (state.state === 'failed') throw new Error(state.problem?.says);
    const left = frames - state.frames.done;
    if (left > 0) await sleep(left > slots ? 250 : 20);
  } while (state.frames.done < frames);
  const wall = (performance.now() - began) / 1000;
  for (const [kind, seconds] of await secondsByKind(up.pid ?? 0))
    spent.set(kind, (spent.get(kind) ?? 0) + seconds - (before.get(kind) ?? 0));
  const all = await client.call(jobRoutes.frames, { params: { job }, query: {} });
  const pure = all.frames.reduce((sum, frame) => sum + (frame.seconds ?? 0), 0);
  // The film and the sessions' rest are not measured, and shall not stand in the way of the next.
  while (state.state === 'active') {
    await sleep(100);
    state = await client.call(jobRoutes.get, { params: { job } });
  }
  await client.call(jobRoutes.delete, { params: { job } });
  return { pure, wall, command: (state.createdAt - clock) / 1000 };
}

async function staticSplit(): Promise<Measured> {
  const half = Math.ceil(frames / 2);
  const began = performance.now();
  const ran = await Promise.all(
    [
      [1, half],
      [half + 1, frames],
    ].map(([from, to]) =>
      runProgram(blender, [
        ...[...plain, '-s', String(from), '-e', String(to)],
        ...['-o', join(folder, 'split_####'), '-a'],
      ]),
    ),
  );
  const wall = (performance.now() - began) / 1000;
  return { pure: sum(ran.flatMap(({ stdout }) => frameSeconds(stdout))), wall };
}

async function parallel(): Promise<Measured> {
  const all = Array.from({ length: frames }, (_, at) => String(at + 1));
  const one = [blender, ...plain, '-o', join(folder, 'parallel_####'), '-f', '{}'];
  const { stdout, seconds } = await runProgram('parallel', ['-j', String(slots), ...one, ':::', ...all]);
  return { pure: sum(frameSeconds(stdout)), wall: seconds };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
