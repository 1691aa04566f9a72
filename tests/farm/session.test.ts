import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findBlender, openSession, type Session } from '../../packages/worker/src/session/index.ts';

// With real Blender: AKASHGANGA_BLENDER, or the one on PATH. Without one these tests fail, they do not pass unseen.
const run = promisify(execFile);
let blender: string;
let folder: string;

beforeAll(async () => {
  const found = await findBlender({ override: process.env.AKASHGANGA_BLENDER, environment: process.env });
  if (!found) throw new Error('These tests need Blender.');
  blender = found.path;
  folder = await mkdtemp(join(tmpdir(), 'akashganga-blender-'));
  const scenes = fileURLToPath(new URL('./session-scenes.py', import.meta.url));
  await run(blender, ['-b', '--factory-startup', '--python-exit-code', '7', '-P', scenes, '--', folder]);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function open(scene: string, signal?: AbortSignal): Promise<Session> {
  const own = await mkdtemp(join(folder, 'session-'));
  const path = join(folder, `${scene}.blend`);
  return openSession({
    ...{ blender, scene: path, folder: own, trustScripts: false },
    ...{ environment: process.env, signal },
  });
}

async function coldPixels(scene: string, frame: number): Promise<Buffer> {
  const output = join(folder, 'cold', `${scene}-####`);
  await run(blender, ['-b', join(folder, `${scene}.blend`), '-o', output, '-F', 'PNG', '-f', String(frame)]);
  return pixels(join(folder, 'cold', `${scene}-000${frame}.png`));
}

function pixels(file: string): Promise<Buffer> {
  return sharp(file).raw().toBuffer();
}

async function isGone(pid: number): Promise<boolean> {
  const { stdout } = await run('ps', ['-o', 'stat=', '-p', String(pid)]).catch(() => ({ stdout: '' }));
  return stdout.trim() === '' || stdout.trim().startsWith('Z');
}

test.each(['workbench', 'eevee', 'cycles', 'sequencer'])(
  '%s: frames of a session are those of blender -f, forth and back',
  async (scene) => {
    const cold = new Map([
      [1, await coldPixels(scene, 1)],
      [5, await coldPixels(scene, 5)],
    ]);
    expect(cold.get(1)).not.toEqual(cold.get(5));
    await using session = await open(scene);
    for (const frame of [1, 2, 5, 4, 1]) {
      const { file } = await session.render({ frame, output: join(folder, `${scene}-${frame}`) });
      expect(file).toBe(join(folder, `${scene}-${frame}.png`));
      // Equal as buffers: comparing element by element would take longer than the render.
      if (cold.has(frame)) expect((await pixels(file)).equals(cold.get(frame)!)).toBe(true);
    }
  },
);

test('a scene made to trouble farms is described and rendered into plain pictures', async () => {
  await using session = await open('troubled');
  const report = await session.describe();
  expect(report).toMatchObject({ scene: 'Scene', scenes: ['Other', 'Scene'], camera: 'Camera' });
  expect(report).toMatchObject({ cameras: ['Camera', 'Second'], format: 'FFMPEG', isMovie: true });
  expect(report).toMatchObject({ extension: '.png', colorMode: 'RGB', colorDepth: '8' });
  expect(report.missing).toEqual([{ kind: 'image', name: 'Poster', path: '//textures/poster.png' }]);
  expect(report.warnings.join()).toContain('movie');
  expect(report.outputs).toEqual([{ name: 'File Output', extension: '.exr' }]);
  expect(report.movie).toMatchObject({ format: 'FFMPEG', container: 'MKV' });
  const { file, memory, extras } = await session.render({ frame: 2, output: join(folder, 'troubled-2') });
  expect(extras.map(({ name }) => name)).toEqual(['File Output']);
  const { width, height } = await sharp(file).metadata();
  expect({ width, height }).toEqual({ width: report.width, height: report.height });
  expect(memory).toBeGreaterThan(50e6);
  expect(existsSync(join(folder, 'strays'))).toBe(false);
});

test('a chosen camera wins over cameras on markers, a chosen scene over the one that was open', async () => {
  await using session = await open('troubled');
  const report = await session.describe({ scene: 'Other', camera: 'Second', scale: 100 });
  expect(report).toMatchObject({ scene: 'Other', camera: 'Second', width: 101, height: 54 });
  const { file } = await session.render({ frame: 1, output: join(folder, 'other-1') });
  expect((await sharp(file).metadata()).width).toBe(101);
  const fromSecond = await pixels(file);
  await session.apply({ scene: 'Other', camera: 'Camera', scale: 100 });
  const again = await session.render({ frame: 1, output: join(folder, 'other-1b') });
  expect((await pixels(again.file)).equals(fromSecond)).toBe(false);
});

test('unknown names are refused', async () => {
  await using session = await open('workbench');
  for (const settings of [{ scene: 'X' }, { camera: 'Cube' }, { viewLayer: 'X' }]) {
    await expect(session.describe(settings)).rejects.toMatchObject({ code: 'scene.unknown-name' });
  }
  await expect(session.describe({ engine: 'X' })).rejects.toMatchObject({ code: 'scene.unknown-engine' });
});

test('a scene without a camera is told before and refused after', async () => {
  await using session = await open('no-camera');
  expect((await session.describe()).camera).toBeNull();
  const rendering = session.render({ frame: 1, output: join(folder, 'none') });
  await expect(rendering).rejects.toMatchObject({ code: 'scene.no-camera', details: { scene: 'Scene' } });
  expect(session.isOpen).toBe(true);
});

test('a file that cannot be saved is the fault of the machine', async () => {
  await using session = await open('workbench');
  const rendering = session.render({ frame: 1, output: '/proc/no/place' });
  await expect(rendering).rejects.toMatchObject({ code: 'render.cannot-save' });
});

test('a cancel reaches a frame within a second, and nothing is left of it', async () => {
  const controller = new AbortController();
  const session = await open('endless');
  const output = join(await mkdtemp(join(folder, 'canceled-')), '0001');
  const rendering = session.render({ frame: 1, output, signal: controller.signal });
  const rejected = expect(rendering).rejects.toThrow('enough');
  await new Promise((resolve) => setTimeout(resolve, 2000));
  const began = performance.now();
  controller.abort(new Error('enough'));
  await rejected;
  expect(performance.now() - began).toBeLessThan(1000);
  expect(await isGone(session.pid!)).toBe(true);
  expect(await readdir(join(output, '..'))).toEqual([]);
});

test('closing in the middle of a frame needs no force', async () => {
  const session = await open('endless');
  const rendering = session.render({ frame: 1, output: join(folder, 'never') });
  const rejected = expect(rendering).rejects.toThrow('closed');
  await new Promise((resolve) => setTimeout(resolve, 2000));
  const began = performance.now();
  await session.close();
  expect(performance.now() - began).toBeLessThan(1000);
  await rejected;
});

test('Blender does not outlive a worker that was killed', async () => {
  const index = new URL('../../packages/worker/dist/session/index.js', import.meta.url);
  const own = join(folder, 'orphan');
  await mkdir(own);
  const options = { blender, scene: join(folder, 'endless.blend'), folder: own, trustScripts: false };
  const program = `
    import { openSession } from ${JSON.stringify(index)};
    const session = await openSession(${JSON.stringify(options)});
    const onProgress = ({ memory }) => memory && console.log(session.pid);
    await session.render({ frame: 1, output: ${JSON.stringify(join(own, '1'))}, onProgress });`;
  const worker = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const pid = await new Promise<number>((resolve) => {
    worker.stdout.once('data', (chunk) => resolve(Number.parseInt(String(chunk), 10)));
  });
  expect(await isGone(pid)).toBe(false);
  worker.kill('SIGKILL');
  await expect.poll(() => isGone(pid), { interval: 50 }).toBe(true);
});
