import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../fixtures/frames.fixture.ts';
import { readRadianceFile } from './radiance-file.ts';

// Two rows of 8 pixels: light 1 (white), and light 0.5 in red alone, once in runs and once byte by byte.
const header = Buffer.from('#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 2 +X 8\n', 'latin1');
const start = [2, 2, 0, 8];
const white = [...start, 136, 128, 136, 128, 136, 128, 136, 129];
const plain = (value: number) => [8, ...Array<number>(8).fill(value)];
const red = [...start, ...plain(128), ...plain(0), ...plain(0), ...plain(128)];
const file = Buffer.concat([header, Buffer.from([...white, ...red])]);

async function read(bytes: Buffer) {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'a.hdr');
  await writeFile(path, bytes);
  return await readRadianceFile(path);
}

test('light becomes sRGB', async () => {
  const { width, height, data } = await read(file);
  expect([width, height]).toEqual([8, 2]);
  expect([...data.subarray(0, 3)]).toEqual([255, 255, 255]);
  expect([...data.subarray(24, 27)]).toEqual([188, 0, 0]);
});

test('a file that is cut short is refused at every byte', async () => {
  for (let left = 0; left < file.length; left += 1)
    await expect(read(file.subarray(0, left)), `${left} bytes`).rejects.toThrow();
});
