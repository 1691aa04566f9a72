import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { frameHeaders } from '@akashganga/protocol';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findFfmpeg } from '../../packages/frames/src/ffmpeg/find-ffmpeg.ts';
import { FrameFarm, makePng, type PixelFormat } from '../../packages/frames/src/fixtures/frames.fixture.ts';

// Frames as a broken disk, a broken Blender or somebody who means harm would send them, with digests that are right.
const ffmpeg = findFfmpeg(process.env.PATH ?? '');
const run = promisify(execFile);
let farm: FrameFarm;
beforeAll(async () => {
  farm = await FrameFarm.start({ ffmpeg, searchPath: process.env.PATH ?? '' });
});
afterAll(() => farm[Symbol.asyncDispose]());

const wanted = (width: number, height: number) => ({
  [frameHeaders.width]: String(width),
  [frameHeaders.height]: String(height),
});
const as = (extension: string) => ({ [frameHeaders.extension]: extension });

/** Nothing of a refused frame stays, and the next frame is taken. */
async function expectNothingLeft(job: string): Promise<void> {
  expect(await readdir(join(farm.folder, 'unfinished'))).toEqual([]);
  expect(await readdir(join(farm.folder, 'jobs', job, 'frames')).catch(() => [])).toEqual([]);
  expect((await farm.deliver(`${job}-after`, 1, await makePng())).kept).toBe(true);
}

async function refuse(job: string, picture: Buffer, headers: Record<string, string>, code: string) {
  await expect(farm.deliver(job, 1, picture, headers), job).rejects.toMatchObject({ code });
  await expectNothingLeft(job);
}

async function blackPng(width: number, height: number): Promise<Buffer> {
  const black = { create: { width, height, channels: 3, background: '#000' } } as const;
  return sharp({ ...black, limitInputPixels: false })
    .toColourspace('b-w')
    .png({ compressionLevel: 3 })
    .toBuffer();
}

async function exr(width = 66, height = 48): Promise<Buffer> {
  const png = join(farm.folder, 'exr.png');
  await writeFile(png, await makePng({ width, height }));
  const args = ['-v', 'error', '-i', png, '-vf', 'format=gbrpf32le', '-c:v', 'exr', '-f', 'image2pipe', '-'];
  return (await run(ffmpeg ?? '', args, { encoding: 'buffer' })).stdout;
}

test('a frame of no bytes, one that is cut short, and one of other bytes are refused', async () => {
  await refuse('none', Buffer.alloc(0), {}, 'render.bad-file');
  const whole = await makePng({ width: 400, height: 300 });
  for (const [at, left] of [8, 33, whole.length >> 1, whole.length - 1].entries())
    await refuse(`cut-${at}`, whole.subarray(0, left), {}, 'render.bad-file');
  await refuse('noise', randomBytes(100_000), {}, 'render.bad-file');
  await refuse('text', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), {}, 'render.bad-file');
});

test('a frame of another size is refused, and one of a single pixel is taken where that is the size', async () => {
  await refuse('small', await makePng({ width: 32 }), wanted(64, 48), 'render.wrong-size');
  expect((await farm.deliver('pixel', 1, await makePng({ width: 1, height: 1 }), wanted(1, 1))).kept).toBe(
    true,
  );
  await refuse('pixel-no', await makePng({ width: 1, height: 1 }), wanted(64, 48), 'render.wrong-size');
  farm.manager.order({
    ...{ job: 'pixel', name: 'Pixel', container: 'mp4', rate: { fps: 24, base: 1 } },
    ...{ frames: '1', extension: '.png' },
  });
  expect(await farm.manager.report('film', 'pixel')).toMatchObject({ frames: 1 });
});

test('a small file with a picture of 20,000 by 20,000 pixels is refused by its header', async () => {
  const bomb = await blackPng(20_000, 20_000);
  expect(bomb.length).toBeLessThan(4e6);
  await refuse('bomb', bomb, {}, 'picture.too-large');
  await refuse('bomb-wanted', bomb, wanted(20_000, 20_000), 'picture.too-large');
  await refuse('bomb-small', bomb, wanted(64, 48), 'render.wrong-size');
});

test('a PNG whose compressed text or profile swells is taken or refused, and no more', async () => {
  const png = await makePng();
  const swelling = await swellingChunk();
  const at = 33;
  const bytes = Buffer.concat([png.subarray(0, at), swelling, png.subarray(at)]);
  const answer = await farm.deliver('swells', 1, bytes).catch((error: { code: string }) => error);
  expect(['kept' in answer && answer.kept, 'code' in answer && answer.code]).toContain(
    'kept' in answer ? true : 'render.bad-file',
  );
  expect((await farm.deliver('swells-after', 1, await makePng())).kept).toBe(true);
});

/** A chunk of compressed text that is 64 MiB of the letter A. */
async function swellingChunk(): Promise<Buffer> {
  const { crc32, deflateSync } = await import('node:zlib');
  const data = Buffer.concat([Buffer.from('Comment\0\0'), deflateSync(Buffer.alloc(64 << 20, 'A'))]);
  const named = Buffer.concat([Buffer.from('zTXt'), data]);
  const size = Buffer.alloc(4);
  size.writeUInt32BE(data.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([size, named, sum]);
}

test('an OpenEXR file whose header lies is refused', async () => {
  const good = await exr();
  expect((await farm.deliver('exr-good', 1, good, { ...as('.exr'), ...wanted(66, 48) })).kept).toBe(true);
  const window = good.indexOf('dataWindow\0box2i\0') + 'dataWindow\0box2i\0'.length + 4;
  const lie = (at: number, value: number) => {
    const bytes = Buffer.from(good);
    bytes.writeInt32LE(value, at);
    return bytes;
  };
  const headers = { ...as('.exr'), ...wanted(66, 48) };
  await refuse('exr-wide', lie(window + 8, 2 ** 31 - 2), headers, 'render.bad-file');
  await refuse('exr-high', lie(window + 12, 2 ** 31 - 2), headers, 'render.bad-file');
  await refuse('exr-below', lie(window + 4, -(2 ** 31)), headers, 'render.bad-file');
  await refuse('exr-empty', lie(window + 12, -5), headers, 'render.bad-file');
  const compression = good.indexOf('compression\0compression\0') + 'compression\0compression\0'.length + 4;
  const packed = Buffer.from(good);
  packed[compression] = 77;
  await refuse('exr-packed', packed, headers, 'render.bad-file');
  await refuse('exr-cut', good.subarray(0, good.length - 30), headers, 'render.bad-file');
  const named = Buffer.from(good);
  named.writeUInt32LE(0xffff_fff0, good.indexOf('channels\0chlist\0') + 'channels\0chlist\0'.length);
  await refuse('exr-named', named, headers, 'render.bad-file');
});

test('frames whose channels differ make one film', async () => {
  const formats: PixelFormat[] = ['gray', 'rgb', 'rgba', 'rgb16', 'gray16'];
  for (const [at, format] of formats.entries())
    await farm.deliver('mixed', at + 1, await makePng({ format, shade: 60 + at * 30 }));
  farm.manager.order({
    ...{ job: 'mixed', name: 'Mixed', container: 'mkv', rate: { fps: 24, base: 1 } },
    ...{ frames: '1-5', extension: '.png', settings: { preset: 'archive' } },
    kind: { transparent: false, depth: 16 },
  });
  expect(await farm.manager.report('film', 'mixed')).toMatchObject({ frames: 5, psnr: null });
});
