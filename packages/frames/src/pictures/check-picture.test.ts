import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../fixtures/frames.fixture.ts';
import { checkPicture } from './check-picture.ts';

const noise = Buffer.from(Array.from({ length: 400 * 300 * 3 }, (_, at) => (at * at * 31 + at * 7) >> 5));
const picture = () => sharp(noise, { raw: { width: 400, height: 300, channels: 3 } });
const size = { width: 400, height: 300 };

async function check(bytes: Buffer, extension: '.png' | '.jpg' | '.tif' | '.webp' | '.exr', wanted = size) {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'a-file');
  await writeFile(path, bytes);
  return await checkPicture(
    path,
    { frame: 7, extension, size: wanted },
    { ffmpeg: null, largestPicture: 1e6 },
  );
}

test('a whole picture gives a thumbnail of at most 320 pixels', async () => {
  for (const [extension, bytes] of [
    ['.png', await picture().png().toBuffer()],
    ['.jpg', await picture().jpeg().toBuffer()],
    ['.tif', await picture().tiff({ compression: 'deflate' }).toBuffer()],
    ['.webp', await picture().webp().toBuffer()],
  ] as const) {
    const thumbnail = await check(bytes, extension);
    expect(await sharp(thumbnail!).metadata(), extension).toMatchObject({
      format: 'webp',
      width: 320,
      height: 240,
    });
  }
});

test('a picture that is cut short is refused, wherever it is cut', async () => {
  for (const [extension, bytes] of [
    ['.png', await picture().png().toBuffer()],
    ['.jpg', await picture().jpeg().toBuffer()],
    ['.tif', await picture().tiff({ compression: 'deflate' }).toBuffer()],
    ['.webp', await picture().webp().toBuffer()],
  ] as const)
    for (const left of [0, 10, 1000, bytes.length >> 1, bytes.length - 100, bytes.length - 4])
      await expect(check(bytes.subarray(0, left), extension), `${extension} ${left}`).rejects.toMatchObject({
        code: 'render.bad-file',
      });
});

test('bytes that were changed inside a PNG are found', async () => {
  const bytes = await picture().png().toBuffer();
  bytes.fill(0, bytes.length >> 1, (bytes.length >> 1) + 50);
  await expect(check(bytes, '.png')).rejects.toMatchObject({ code: 'render.bad-file' });
});

test('another size is named with both sizes', async () => {
  const bytes = await picture().png().toBuffer();
  await expect(check(bytes, '.png', { width: 300, height: 400 })).rejects.toThrow(
    'is 400x300 pixels, not 300x400',
  );
});

test('a picture beyond the limit is refused by its header, however small its file is', async () => {
  const bomb = await sharp({ create: { width: 2000, height: 1000, channels: 3, background: '#000' } })
    .png({ compressionLevel: 9 })
    .toBuffer();
  expect(bomb.length).toBeLessThan(20_000);
  await expect(check(bomb, '.png', { width: 2000, height: 1000 })).rejects.toMatchObject({
    code: 'picture.too-large',
    message: expect.stringContaining('2000x1000 pixels, more than the 1 megapixels'),
  });
});

test('a file that is not what its ending says is refused', async () => {
  await expect(check(await picture().jpeg().toBuffer(), '.png')).rejects.toThrow('it is jpeg, not png');
  await expect(check(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), '.png')).rejects.toMatchObject(
    {
      code: 'render.bad-file',
    },
  );
});

test('what only ffmpeg reads needs ffmpeg', async () => {
  await expect(check(Buffer.alloc(100), '.exr')).rejects.toMatchObject({ code: 'machine.no-ffmpeg' });
});

test('a PNG that lacks only its last byte is cut short, though all its pixels are there', async () => {
  const bytes = await picture().png().toBuffer();
  await expect(check(bytes.subarray(0, -1), '.png')).rejects.toThrow('it is cut short');
});
