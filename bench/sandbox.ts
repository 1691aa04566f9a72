// What the sandbox costs a session: opening a scene, ten frames that are quick to draw, and closing it, inside and outside
// in turns; and how soon a cancel in the middle of a frame has ended everything, as seen by the worker.
// Run: npx tsx --conditions=source bench/sandbox.ts [--quick] [--rounds N] [scene …]
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { openSandbox, type Sandbox, type SandboxMode } from '../packages/worker/src/sandbox/index.ts';
import { findBlender } from '../packages/worker/src/session/index.ts';
import { KeptShaders } from '../packages/worker/src/shaders/kept-shaders.ts';
import { type EnclosedSession, openEnclosed } from '../packages/worker/src/slots/enclosed-session.ts';
import { median, runProgram } from './run-program.ts';

const { values: flags, positionals: given } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, rounds: { type: 'string' } },
  allowPositionals: true,
});
const rounds = Number(flags.rounds ?? (flags.quick ? 2 : 9));
const scenes = given.length > 0 ? given : flags.quick ? ['workbench'] : ['workbench', 'eevee', 'cycles'];
const frames = 10;
const found = await findBlender({ override: process.env.AKASHGANGA_BLENDER, environment: process.env });
if (!found) throw new Error('This bench needs Blender.');
const blender = found.path;
const folder = await mkdtemp(join(tmpdir(), 'akashganga-bench-'));
const sceneFolder = join(folder, 'scenes');
let count = 0;

interface Took {
  readonly start: number;
  readonly frames: number;
  readonly close: number;
}

try {
  await mkdir(sceneFolder);
  const maker = join(import.meta.dirname, 'bench-scenes.py');
  const wanted = [...new Set([...scenes, 'reference'])];
  await runProgram(blender, ['-b', '--factory-startup', '-P', maker, '--', sceneFolder, ...wanted]);
  await using inside = await sandboxOf('require');
  await using outside = await sandboxOf('off');
  console.log(`Blender ${found.version}; ${inside.report.says}`);
  console.log(`${rounds} rounds; a session with ${frames} frames, median seconds, in / out`);
  console.log('scene           start          frames           close           whole  in/out (least, most)');
  for (const scene of scenes) await compare(scene, inside, outside);
  console.log('cancel in the middle of a frame: milliseconds, median (most)');
  console.log('where         to the answer  to the last process');
  await compareCancels(inside, outside);
} finally {
  await rm(folder, { recursive: true, force: true });
}

function sandboxOf(mode: SandboxMode): Promise<Sandbox> {
  const bounds = { memory: 8e9, disk: 10e9, files: 10_000, processes: 1000 };
  const path = process.env.PATH ?? '';
  return openSandbox({ mode, folder: join(folder, mode), path, bounds, memory: 8e9, read: [], write: [] });
}

function open(sandbox: Sandbox, scene: string): Promise<EnclosedSession> {
  count += 1;
  return openEnclosed({
    ...{ sandbox, slot: 0, number: count, slotFolder: join(folder, 'slots', '0'), blender },
    ...{ scene: join(sceneFolder, `${scene}.blend`), entry: `${scene}.blend`, buildEntry: null },
    ...{ trustScripts: false, environment: process.env, release: () => {} },
    // As a worker does: the first session of a scene, which is not counted, compiles for those after it.
    shaders: new KeptShaders(join(folder, 'shaders'), `${scene} ${sandbox.report.kind}`),
  });
}

async function compare(scene: string, inside: Sandbox, outside: Sandbox): Promise<void> {
  const within: Took[] = [];
  const without: Took[] = [];
  // The first of each fills the system's caches and is not counted; who begins changes from round to round.
  for (let round = -1; round < rounds; round += 1) {
    const pairs: [Sandbox, Took[]][] = [
      [inside, within],
      [outside, without],
    ];
    for (const [sandbox, list] of round % 2 === 0 ? pairs : pairs.reverse()) {
      const took = await once(sandbox, scene);
      if (round >= 0) list.push(took);
    }
  }
  const both = (of: (took: Took) => number) =>
    `${median(within.map(of)).toFixed(3)} / ${median(without.map(of)).toFixed(3)}`.padStart(15);
  const whole = (took: Took) => took.start + took.frames + took.close;
  const ratios = within.map((took, at) => whole(took) / whole(without[at] ?? took));
  const spread = `(${Math.min(...ratios).toFixed(3)}, ${Math.max(...ratios).toFixed(3)})`;
  const columns = [
    (took: Took) => took.start,
    (took: Took) => took.frames,
    (took: Took) => took.close,
    whole,
  ];
  console.log(scene.padEnd(10), ...columns.map(both), ` ${median(ratios).toFixed(3)} ${spread}`);
}

async function once(sandbox: Sandbox, scene: string): Promise<Took> {
  const began = performance.now();
  const opened = await open(sandbox, scene);
  const ready = performance.now();
  for (let frame = 1; frame <= frames; frame += 1)
    await opened.session.render({ frame, output: join(opened.frames, String(frame)) });
  const rendered = performance.now();
  await opened.close();
  const [start, drawing, close] = [ready - began, rendered - ready, performance.now() - rendered];
  return { start: start / 1000, frames: drawing / 1000, close: close / 1000 };
}

async function compareCancels(inside: Sandbox, outside: Sandbox): Promise<void> {
  const took: [string, Sandbox, { answer: number; gone: number }[]][] = [
    [inside.report.kind, inside, []],
    ['no sandbox', outside, []],
  ];
  for (let round = 0; round < rounds; round += 1)
    for (const [, sandbox, list] of took) list.push(await cancel(sandbox));
  for (const [name, , list] of took) {
    const told = (values: number[]) => `${median(values).toFixed(0)} (${Math.max(...values).toFixed(0)})`;
    const [answer, gone] = [list.map((one) => one.answer), list.map((one) => one.gone)];
    console.log(name.padEnd(12), told(answer).padStart(14), told(gone).padStart(20));
  }
}

/** Milliseconds from the cancel to the rejected frame, and to the last process that was started for it. */
async function cancel(sandbox: Sandbox): Promise<{ answer: number; gone: number }> {
  const { session, frames: output, close } = await open(sandbox, 'reference');
  await session.apply({ samples: 100_000 });
  const stop = new AbortController();
  const rendering = session.render({ frame: 1, output: join(output, '1'), signal: stop.signal });
  const answered = rendering.then(
    () => Promise.reject(new Error('The frame was finished before it was canceled.')),
    () => performance.now(),
  );
  await sleep(700);
  const began = performance.now();
  stop.abort(new Error('canceled'));
  const left = async () => (await processes()).length > 0;
  const emptied = (async () => {
    while (await left()) await sleep(2);
    return performance.now();
  })();
  const [answer, gone] = await Promise.all([answered, emptied]);
  await close();
  return { answer: answer - began, gone: gone - began };
}

/** Everything that was started for a session of this bench has its folder in the environment. */
async function processes(): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const environments = await Promise.all(
    pids.map((pid) => readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '')),
  );
  return pids.filter((_, at) => environments[at]?.includes(`BLENDER_USER_RESOURCES=${folder}/`));
}
