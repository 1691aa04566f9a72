// Seconds a frame: in a resident session, in one `blender -a`, and in a Blender of its own for each frame. In turns, for
// scenes that are quick to draw, so that everything but drawing shows. Opening the scene is in all three. Beside wall
// time stands processor time, ours included, which says the same on a computer that is busy with other things.
// Run: npx tsx --conditions=source bench/session.ts [rounds] [frames] [scene …]
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findBlender, openSession, requireFiles } from '../packages/worker/src/session/index.ts';
import { childSeconds, median, runProgram } from './run-program.ts';

const rounds = Number(process.argv[2] ?? 5);
const most = Number(process.argv[3] ?? 40);
const given = process.argv.slice(4);
const scenes = given.length > 0 ? given : ['workbench', 'eevee', 'cycles', 'heavy'];
/** Cold frames cost so much that a few tell enough, and so do those of the scene that takes seconds to open and to draw. */
const coldFrames = Math.min(2, most);
const framesOf = (scene: string) => (scene === 'heavy' ? Math.min(6, most) : most);
const found = await findBlender({ override: process.env.AKASHGANGA_BLENDER, environment: process.env });
if (!found) throw new Error('This bench needs Blender.');
const blender = found.path;
const folder = await mkdtemp(join(tmpdir(), 'akashganga-bench-'));
const plain = ['-b', '--factory-startup', '--disable-autoexec'];

try {
  const maker = join(import.meta.dirname, 'bench-scenes.py');
  await runProgram(blender, ['-b', '--factory-startup', '-P', maker, '--', folder, ...scenes]);
  console.log(
    `${rounds} rounds of ${most} frames (heavy: ${framesOf('heavy')}), seconds a frame (median), Blender ${found.version}`,
  );
  console.log(
    '            wall s a frame: median                        resident/-a       cold/  CPU s a frame  resident/-a',
  );
  console.log(
    'scene       resident  once open  blender -a       cold  median  least    resident  resident    -a     median',
  );
  for (const scene of scenes) await measure(scene);
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function measure(scene: string): Promise<void> {
  const file = join(folder, `${scene}.blend`);
  const frames = framesOf(scene);
  const sums: Record<'resident' | 'open' | 'all' | 'cold' | 'cpu' | 'allCpu', number[]> = {
    ...{ resident: [], open: [], all: [], cold: [], cpu: [], allCpu: [] },
  };
  for (let round = 0; round < rounds; round += 1) {
    const before = (await childSeconds()) + ownSeconds();
    const { whole, open } = await resident(file, frames);
    sums.cpu.push(((await childSeconds()) + ownSeconds() - before) / frames);
    sums.resident.push(whole / frames);
    sums.open.push(open / frames);
    const range = ['-s', '1', '-e', String(frames), '-o', join(folder, 'all_####'), '-a'];
    const beforeAll = await childSeconds();
    sums.all.push((await runProgram(blender, [...plain, file, ...range])).seconds / frames);
    sums.allCpu.push(((await childSeconds()) - beforeAll) / frames);
    let cold = 0;
    for (let frame = 1; frame <= coldFrames; frame += 1) {
      const one = ['-o', join(folder, 'cold_####'), '-f', String(frame)];
      cold += (await runProgram(blender, [...plain, file, ...one])).seconds;
    }
    sums.cold.push(cold / coldFrames);
  }
  const ratios = ratiosOf(sums.resident, sums.all);
  const columns = [median(sums.resident), median(sums.open), median(sums.all), median(sums.cold)];
  console.log(
    scene.padEnd(10),
    ...columns.map((value) => value.toFixed(4).padStart(10)),
    median(ratios).toFixed(3).padStart(7),
    Math.min(...ratios)
      .toFixed(3)
      .padStart(6),
    (median(sums.cold) / median(sums.resident)).toFixed(1).padStart(11),
    median(sums.cpu).toFixed(4).padStart(9),
    median(sums.allCpu).toFixed(4).padStart(8),
    median(ratiosOf(sums.cpu, sums.allCpu)).toFixed(3).padStart(7),
  );
}

/** Wall seconds of everything, from starting Blender to its end, and of the frames alone. */
async function resident(scene: string, frames: number): Promise<{ whole: number; open: number }> {
  const own = await mkdtemp(join(folder, 'session-'));
  const began = performance.now();
  const session = await openSession({
    ...{ blender, scene, folder: own, trustScripts: false, environment: process.env },
  });
  const opened = performance.now();
  // As a worker does: what came is looked at while the next frame renders.
  let looked = Promise.resolve();
  for (let frame = 1; frame <= frames; frame += 1) {
    const request = { frame, output: join(own, String(frame)) };
    const answered = await session.answer(request);
    await looked;
    looked = requireFiles(answered, request);
  }
  await looked;
  const ended = performance.now();
  await session.close();
  return { whole: (performance.now() - began) / 1000, open: (ended - opened) / 1000 };
}

function ratiosOf(values: readonly number[], by: readonly number[]): number[] {
  return values.map((value, at) => value / (by[at] ?? Number.NaN));
}

/** What this process itself took: the worker's part of a session. */
function ownSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
