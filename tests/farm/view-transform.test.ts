import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { deliveryRoutes, fillPath, frameHeaders } from '@akashganga/protocol';
import { hashBytes } from '@akashganga/storage';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findFfmpeg } from '../../packages/frames/src/ffmpeg/find-ffmpeg.ts';
import { FrameFarm } from '../../packages/frames/src/fixtures/frames.fixture.ts';
import { findBlender, openSession } from '../../packages/worker/src/session/index.ts';

// Frames of light become a film that looks as the scene does in Blender: with its view transform, look, exposure and gamma.
const run = promisify(execFile);
const ffmpeg = findFfmpeg(process.env.PATH ?? '') ?? 'ffmpeg';
let folder: string;
let blender: string;
beforeAll(async () => {
  const found = await findBlender({ override: process.env.AKASHGANGA_BLENDER, environment: process.env });
  if (!found) throw new Error('These tests need Blender.');
  blender = found.path;
  folder = await mkdtemp(join(tmpdir(), 'akashganga-light-'));
  const maker = fileURLToPath(new URL('./light-scene.py', import.meta.url));
  await run(blender, ['-b', '--factory-startup', '--python-exit-code', '7', '-P', maker, '--', folder]);
}, 180_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

/** All pictures of a file as 16 bits a channel. */
async function deep(path: string): Promise<Uint16Array> {
  const args = ['-v', 'error', '-i', path, '-f', 'rawvideo', '-pix_fmt', 'rgb48le', '-'];
  const { stdout } = await run(ffmpeg, args, { encoding: 'buffer', maxBuffer: 16 << 20 });
  return new Uint16Array(stdout.buffer, stdout.byteOffset, stdout.length / 2);
}

function furthest(one: Uint16Array, other: Uint16Array): number {
  expect(one.length).toBe(other.length);
  return one.reduce((most, value, at) => Math.max(most, Math.abs(value - (other[at] ?? 0))), 0);
}

test('a film of OpenEXR frames has the scene’s view transform, to the last bit of what Blender itself saves', async () => {
  const scene = join(folder, 'light.blend');
  // What Blender alone makes of it for the eye.
  const plain = join(folder, 'plain-');
  const save = `import bpy
settings = bpy.context.scene.render.image_settings
settings.file_format, settings.color_depth = 'PNG', '16'`;
  const render = ['-b', '--factory-startup', scene, '--python-expr', save, '-o', `${plain}####`, '-a'];
  await run(blender, render, { maxBuffer: 64 << 20 });
  await using farm = await FrameFarm.start({ ffmpeg, searchPath: process.env.PATH ?? '' });
  const own = await mkdtemp(join(folder, 'session-'));
  const environment = process.env;
  const session = await openSession({
    ...{ blender, scene, folder: own, trustScripts: false, environment },
  });
  try {
    const report = await session.describe();
    expect(report).toMatchObject({ extension: '.exr', outputs: [{ name: 'Display', extension: '.png' }] });
    for (const frame of [1, 2]) {
      const { file, extras } = await session.render({ frame, output: join(own, `frame-${frame}`) });
      expect(extras.map(({ name }) => name)).toEqual(['Display']);
      await deliver(farm, frame, await readFile(file), await readFile(extras[0]!.file));
    }
    // The format of the frames is the scene's own again after each.
    expect((await session.describe()).extension).toBe('.exr');
  } finally {
    await session.close();
  }
  farm.manager.order({
    ...{ job: 'job-light', name: 'Light', container: 'mkv', rate: { fps: 24, base: 1 } },
    ...{ frames: '1-2', extension: '.exr', settings: { preset: 'archive' } },
    kind: { transparent: false, depth: 32 },
  });
  const report = await Promise.race([
    farm.manager.report('film', 'job-light'),
    farm.manager.report('film-failed', 'job-light'),
  ]);
  expect(report).toMatchObject({ kind: 'film', frames: 2, psnr: null });
  const film = await deep(join(farm.folder, 'jobs', 'job-light', 'film.mkv'));
  const first = await deep(`${plain}0001.png`);
  expect(new Set(first).size).toBeGreaterThan(60);
  expect(furthest(film.subarray(0, first.length), first)).toBeLessThanOrEqual(1);
  // ffmpeg's own idea of the light, which knows of no view transform, is another picture.
  const exr = join(farm.folder, 'jobs', 'job-light', 'frames', '0001.exr');
  const flat = [
    '-v',
    'error',
    '-apply_trc',
    'iec61966_2_1',
    '-i',
    exr,
    '-f',
    'rawvideo',
    '-pix_fmt',
    'rgb48le',
    '-',
  ];
  const { stdout } = await run(ffmpeg, flat, { encoding: 'buffer' });
  const other = new Uint16Array(stdout.buffer, stdout.byteOffset, stdout.length / 2);
  expect(furthest(other, first)).toBeGreaterThan(5000);
});

/** As a worker does: what came beside the frame, the list of it, and then the frame. */
async function deliver(farm: FrameFarm, frame: number, exr: Buffer, display: Buffer): Promise<void> {
  const params = { job: 'job-light', frame };
  const digest = hashBytes(display);
  const path = fillPath(deliveryRoutes.putOutput.route.path, params);
  const headers = { [frameHeaders.digest]: digest, [frameHeaders.extension]: '.png' };
  await farm.client.send({ method: 'PUT', path: `${path}?name=Display`, headers, body: display });
  await farm.client.call(deliveryRoutes.putOutputs, {
    params,
    body: { outputs: [{ name: 'Display', extension: '.png', digest, size: display.length }] },
  });
  await farm.deliver('job-light', frame, exr, { [frameHeaders.extension]: '.exr' });
}
