// Seconds a frame: in a resident session, in one `blender -a`, and in a Blender of its own for each frame. In turns, for
// scenes that are quick to draw, so that everything but drawing shows. Opening the scene is in all three.
// Run: npx tsx --conditions=source bench/session.ts [rounds] [frames] [scene …]
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findBlender, openSession } from '../packages/worker/src/session/index.ts';
import { median, runProgram } from './run-program.ts';

const rounds = Number(process.argv[2] ?? 5);
const frames = Number(process.argv[3] ?? 40);
const given = process.argv.slice(4);
const scenes = given.length > 0 ? given : ['workbench', 'eevee', 'cycles', 'heavy'];
/** Cold frames cost so much that a few tell enough. */
const coldFrames = Math.min(4, frames);
const found = await findBlender({ override: process.env.AKASHGANGA_BLENDER, environment: process.env });
if (!found) throw new Error('This bench needs Blender.');
const blender = found.path;
const folder = await mkdtemp(join(tmpdir(), 'akashganga-bench-'));
const plain = ['-b', '--factory-startup', '--disable-autoexec'];

try {
  const maker = join(import.meta.dirname, 'bench-scenes.py');
  await runProgram(blender, ['-b', '--factory-startup', '-P', maker, '--', folder, ...scenes]);
  console.log(`${rounds} rounds of ${frames} frames, seconds a frame (median), Blender ${found.version}`);
  console.log('scene       resident  once open  blender -a     cold  resident/-a  (least)  cold/resident');
  for (const scene of scenes) await measure(scene);
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function measure(scene: string): Promise<void> {
  const file = join(folder, `${scene}.blend`);
  const sums: Record<'resident' | 'open' | 'all' | 'cold', number[]> = {
    ...{ resident: [], open: [], all: [], cold: [] },
  };
  for (let round = 0; round < rounds; round += 1) {
    const { whole, open } = await resident(file);
    sums.resident.push(whole / frames);
    sums.open.push(open / frames);
    const range = ['-s', '1', '-e', String(frames), '-o', join(folder, 'all_####'), '-a'];
    sums.all.push((await runProgram(blender, [...plain, file, ...range])).seconds / frames);
    let cold = 0;
    for (let frame = 1; frame <= coldFrames; frame += 1) {
      const one = ['-o', join(folder, 'cold_####'), '-f', String(frame)];
      cold += (await runProgram(blender, [...plain, file, ...one])).seconds;
    }
    sums.cold.push(cold / coldFrames);
  }
  const ratios = sums.resident.map((value, at) => value / (sums.all[at] ?? Number.NaN));
  const columns = [median(sums.resident), median(sums.open), median(sums.all), median(sums.cold)];
  console.log(
    scene.padEnd(10),
    ...columns.map((value) => value.toFixed(4).padStart(10)),
    median(ratios).toFixed(3).padStart(12),
    Math.min(...ratios)
      .toFixed(3)
      .padStart(8),
    (median(sums.cold) / median(sums.resident)).toFixed(1).padStart(14),
  );
}

/** Wall seconds of everything, from starting Blender to its end, and of the frames alone. */
async function resident(scene: string): Promise<{ whole: number; open: number }> {
  const own = await mkdtemp(join(folder, 'session-'));
  const began = performance.now();
  const session = await openSession({
    ...{ blender, scene, folder: own, trustScripts: false, environment: process.env },
  });
  const opened = performance.now();
  for (let frame = 1; frame <= frames; frame += 1)
    await session.render({ frame, output: join(own, String(frame)) });
  const ended = performance.now();
  await session.close();
  return { whole: (performance.now() - began) / 1000, open: (ended - opened) / 1000 };
}
