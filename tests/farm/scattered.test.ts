import { execFile } from 'node:child_process';
import { appendFile, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectProblem } from './processes/problems.ts';
import { TestFarm } from './processes/test-farm.ts';
import { TestFolder } from './processes/test-folder.ts';

const run = promisify(execFile);
const script = join(dirname(fileURLToPath(import.meta.url)), 'scattered-scene.py');
const blender = process.env.AKASHGANGA_BLENDER ?? 'blender';

let folder: TestFolder;
let farm: TestFarm;
let scene = '';

beforeAll(async () => {
  folder = await TestFolder.make();
  await run(blender, [
    '-b',
    '--factory-startup',
    '--python-exit-code',
    '7',
    '-P',
    script,
    '--',
    folder.join('home'),
  ]);
  scene = folder.join('home/project/scenes/scattered.blend');
  await run(blender, ['-b', scene, '-o', folder.join('at-home/####'), '-a']);
  farm = await TestFarm.start(folder, { environment: {}, workers: 1 });
}, 240_000);
afterAll(async () => {
  await farm?.[Symbol.asyncDispose]();
  await folder?.[Symbol.asyncDispose]();
});

test('a scene whose files lie all over renders on a farm as at home, pixel for pixel', async () => {
  const submitted = await farm.command(['submit', scene]);
  expect(submitted).toMatchObject({ code: 0 });
  expect(submitted.stderr).toContain('13 files');
  // What is only on this computer's disk is not there any more when the farm renders.
  await rename(folder.join('home'), folder.join('away'));
  const job = String(submitted.last.job);
  await farm.ended(job);
  await rename(folder.join('away'), folder.join('home'));
  const fetched = await farm.command(['fetch', job, '--frames', folder.join('from-farm')]);
  expect(fetched).toMatchObject({ code: 0 });
  expect((await farm.job(job)).probe).toMatchObject({ missing: [], warnings: [] });
  const theirs = await pictures(folder.join('from-farm'));
  const ours = await pictures(folder.join('at-home'));
  expect(theirs).toHaveLength(4);
  expect(theirs).toEqual(ours);
  expect(new Set(ours.map((pixels) => pixels.toString('base64'))).size).toBe(4);
});

test('sent again after one picture changed, that picture travels', async () => {
  await appendFile(folder.join('home/plates/plate_0002.png'), 'one more line');
  const again = await farm.command(['submit', scene, '--frames', '1']);
  expect(again.code).toBe(0);
  expect(again.stderr).toMatch(/Sent the scene, (\d+ B|\d\.\d kB)\./);
  await farm.ended(String(again.last.job));
});

test('what is missing is said before anything is sent, each with what needs it', async () => {
  await rm(folder.join('home/plates'), { recursive: true });
  await rm(folder.join('home/textures/udim/wall.1002.png'));
  const before = (await farm.command(['jobs'])).stdout;
  const refused = await farm.command(['submit', scene]);
  expectProblem(refused, 1, 'scene.missing-file', ['wall.1002.png', 'image wall.1001.png', 'plate_0001.png']);
  expect((await farm.command(['jobs'])).stdout).toBe(before);
  const listed = await farm.command(['scene', scene]);
  expect(listed).toMatchObject({ code: 1, last: { blender: '3.4', libraries: { length: 2 } } });
  expect(listed.last.missing).toHaveLength(2);
});

test('what only a library lacks stops the job before it renders, and --allow-missing goes on', async () => {
  await run(blender, [
    '-b',
    '--factory-startup',
    '--python-exit-code',
    '7',
    '-P',
    script,
    '--',
    folder.join('home'),
  ]);
  await rm(folder.join('home/libraries/deep/paint.png'));
  const refused = await farm.command(['render', scene, '--output', folder.join('film.mp4')]);
  expectProblem(refused, 1, 'scene.missing-file', ['//paint.png', 'paints.blend']);
  const allowed = await farm.command([
    'render',
    scene,
    '--allow-missing',
    '--frames',
    '1',
    '--output',
    folder.join('film.mp4'),
  ]);
  expect(allowed).toMatchObject({ code: 0, last: { event: 'completed', frames: 1 } });
});

async function pictures(from: string): Promise<Buffer[]> {
  const names = (await readdir(from)).filter((name) => name.endsWith('.png')).sort();
  return Promise.all(names.map((name) => sharp(join(from, name)).raw().toBuffer()));
}
