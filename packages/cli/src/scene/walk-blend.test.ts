import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { walkBlend } from './walk-blend.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'akashganga-blend-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const old = Buffer.concat([
  Buffer.from('BLENDER-v304'),
  oldBlock('DATA', 500_000),
  oldBlock('GLOB', 3),
  Buffer.from('ENDB'),
  Buffer.alloc(20),
]);
const recent = Buffer.concat([
  Buffer.from('BLENDER17-01v0500'),
  newBlock('DATA', 70_000),
  Buffer.from('ENDB'),
  Buffer.alloc(28),
]);

test.each([
  ['plain', old, '3.4'],
  ['gzip', gzipSync(old), '3.4'],
  ['of Blender 5', recent, '5.0'],
])('a whole file, %s, tells its Blender', async (name, bytes, blender) => {
  expect(await walkBlend(await file(name, bytes))).toEqual({ blender });
});

test.each([
  ['empty', Buffer.alloc(0), 'it is empty'],
  ['exe', Buffer.concat([Buffer.from('MZ'), Buffer.alloc(200)]), 'a Windows program'],
  ['short', Buffer.from('BLEN'), 'only 4 bytes'],
  ['text', Buffer.from('this is a text about Blender'), 'does not begin as one does'],
])('%s is not a .blend, and the sentence says what it is', async (name, bytes, words) => {
  await expect(walkBlend(await file(name, bytes))).rejects.toMatchObject({
    code: 'scene.not-blend',
    message: expect.stringContaining(words),
  });
});

test.each([100, 250_000, old.length - 24])(
  'cut at byte %d, plain or gzip, it is said to be cut short',
  async (at) => {
    await expect(walkBlend(await file(`cut-${at}`, old.subarray(0, at)))).rejects.toMatchObject({
      code: 'scene.truncated',
    });
    const zipped = gzipSync(old, { level: 0 });
    await expect(walkBlend(await file(`cut-gz-${at}`, zipped.subarray(0, at)))).rejects.toMatchObject({
      code: 'scene.truncated',
    });
  },
);

function oldBlock(code: string, length: number): Buffer {
  const head = Buffer.alloc(24);
  head.write(code);
  head.writeInt32LE(length, 4);
  return Buffer.concat([head, Buffer.alloc(length, 7)]);
}

function newBlock(code: string, length: number): Buffer {
  const head = Buffer.alloc(32);
  head.write(code);
  head.writeBigInt64LE(BigInt(length), 16);
  return Buffer.concat([head, Buffer.alloc(length, 7)]);
}

async function file(name: string, bytes: Buffer): Promise<string> {
  const path = join(folder, `${name}.blend`);
  await writeFile(path, bytes);
  return path;
}
