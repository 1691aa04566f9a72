// What the command itself takes, beside what Node takes to start, in turns: telling its version, listing jobs, and
// submitting a small scene, until the manager has the job and until the command has ended. With `--render` also what
// `render` takes on a farm of its own until its job is there, and until its first frame is.
// Other builds of the command can be named; they are measured in the same turns, with the same manager.
// Run after `npx tsc -b packages`: npx tsx --conditions=source bench/command.ts [rounds] [--render] [main.js …]
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { FarmClient } from '@akashganga/client';
import { jobRoutes } from '@akashganga/protocol';
import { childSeconds, median, runProgram } from './run-program.ts';

const root = join(import.meta.dirname, '..');
const words = process.argv.slice(2);
const rounds = Number(words.find((word) => /^\d+$/.test(word)) ?? 10);
const commands = [join(root, 'packages/cli/dist/main.js'), ...words.filter((word) => word.endsWith('.js'))];
const folder = await mkdtemp(join(tmpdir(), 'akashganga-bench-'));
const data = join(folder, 'manager');
const scene = join(folder, 'scene.blend');

/** Wall seconds of what was measured, each with its name; `cpu` are seconds of the processor. */
type Figures = Readonly<Record<string, number>>;

const maker = join(import.meta.dirname, 'bench-scenes.py');
const blender = process.env.AKASHGANGA_BLENDER ?? 'blender';
await runProgram(blender, ['-b', '--factory-startup', '-P', maker, '--', folder, 'reference']);
await runProgram('mv', [join(folder, 'reference.blend'), scene]);
const manager = run(commands[0] ?? '', ['manager', '--port', '0', '--host', '127.0.0.1', '--data', data]);
const seen = new Map<string, number[]>();
try {
  const { url } = JSON.parse(await firstLine(manager)) as { url: string };
  await using client = new FarmClient({ url, key: (await readFile(join(data, 'key'), 'utf8')).trim() });
  for (let round = 0; round < rounds; round += 1) {
    keep('node', { '-e 0': (await runProgram(process.execPath, ['-e', '0'])).seconds });
    for (const command of commands) {
      keep(command, await started(command, '--version', ['--version']));
      keep(command, await started(command, 'jobs', ['jobs', '--data', data]));
      keep(command, await submitted(command, client));
    }
  }
  if (words.includes('--render'))
    for (let round = 0; round < Math.ceil(rounds / 3); round += 1)
      for (const command of commands) keep(command, await rendered(command, round));
} finally {
  await ended(manager);
  await rm(folder, { recursive: true, force: true });
}
const least = median(seen.get('node -e 0') ?? []);
console.log(`medians of ${rounds} rounds: ms (least .. most), and how many starts of Node that is`);
for (const [name, all] of seen) {
  const [middle, first, last] = [median(all), Math.min(...all), Math.max(...all)].map((one) =>
    (one * 1000).toFixed(0),
  );
  const ratio = (median(all) / least).toFixed(1);
  console.log(`${name.replace(root, '.').padEnd(70)} ${middle} (${first} .. ${last})  ${ratio}`);
}

function keep(command: string, figures: Figures): void {
  for (const [what, seconds] of Object.entries(figures)) {
    const name = `${command} ${what}`;
    seen.set(name, [...(seen.get(name) ?? []), seconds]);
  }
}

async function started(command: string, name: string, args: readonly string[]): Promise<Figures> {
  const { seconds } = await runProgram(process.execPath, [command, ...args]);
  return { [name]: seconds };
}

/** The job's own time of creation is of the same clock as ours. */
async function submitted(command: string, client: FarmClient): Promise<Figures> {
  const cpu = await childSeconds();
  const began = Date.now();
  const args = [command, 'submit', scene, '--frames', '1-10', '--json', '--data', data];
  const { seconds, stdout } = await runProgram(process.execPath, args);
  const { job } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as { job: string };
  const { createdAt } = await client.call(jobRoutes.get, { params: { job } });
  await client.call(jobRoutes.delete, { params: { job } });
  return {
    'submit, job created': (createdAt - began) / 1000,
    'submit, ended': seconds,
    'submit, processor': (await childSeconds()) - cpu,
  };
}

async function rendered(command: string, round: number): Promise<Figures> {
  const own = join(folder, `own-${commands.indexOf(command)}-${round}`);
  const began = performance.now();
  const child = run(command, [
    ...['render', scene, '--frames', '1-4', '--output', `${own}.mp4`, '--quiet'],
    ...['--data', own],
  ]);
  const figures: Record<string, number> = {};
  const over = new Promise<number | null>((next) => child.once('exit', next));
  for await (const line of createInterface({ input: child.stdout ?? ([] as never) })) {
    const said = JSON.parse(line) as { event: string; done?: number };
    const seconds = (performance.now() - began) / 1000;
    if (said.event === 'started') figures['render, job created'] = seconds;
    if (said.done !== undefined && said.done > 0) figures['render, first frame'] ??= seconds;
  }
  const code = await over;
  if (code !== 0) throw new Error(`render ended with ${code}`);
  figures['render, ended'] = (performance.now() - began) / 1000;
  return figures;
}

function run(command: string, args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [command, ...args, '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, AKASHGANGA_DATA: data },
  });
}

async function firstLine(child: ChildProcess): Promise<string> {
  for await (const line of createInterface({ input: child.stdout ?? ([] as never) })) return line;
  throw new Error('The manager did not start.');
}

async function ended(child: ChildProcess): Promise<void> {
  const closed = new Promise((next) => child.once('exit', next));
  if (child.exitCode !== null) return;
  child.kill('SIGTERM');
  await closed;
}
