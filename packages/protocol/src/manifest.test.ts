import { expect, test } from 'vitest';
import { Manifest, ManifestFile, manifestBytes, ScenePath } from './manifest.ts';

const digest = `sha256:${'a'.repeat(64)}`;

test.each(['scene.blend', 'textures/wood.png', 'übung/Ünïcode name.png', 'a.b.c', '.hidden'])(
  '%s is a path of a scene',
  (path) => {
    expect(ScenePath.safeParse(path).success).toBe(true);
  },
);

test.each([
  '',
  '/etc/passwd',
  '../x',
  'a/../b',
  'a//b',
  'a/./b',
  'C:/x',
  'a\\b',
  'nul',
  'CONIN$',
  'com¹.txt',
  'a\ud800',
  'dir/COM1.txt',
  'x.',
  'x ',
  'a\0b',
  `${'x'.repeat(256)}`,
])('%j is refused', (path) => {
  expect(ScenePath.safeParse(path).success).toBe(false);
});

test('two paths that differ only in case are refused', () => {
  const files = ['A.png', 'a.png'].map((path) => ({ path, digest, size: 1 }));
  expect(Manifest.safeParse({ version: 1, files }).success).toBe(false);
});

test('the order in which files are listed does not change the bytes', () => {
  const a = { path: 'a', digest, size: 1 };
  const b = { path: 'b', digest, size: 2 };
  expect(manifestBytes([a, b])).toEqual(manifestBytes([b, a]));
});

const MIB = 1024 * 1024;
const chunk = (size: number) => ({ digest, size });

test('a large file lists its chunks, and they add up', () => {
  const file = { path: 'a', digest, size: 6 * MIB, chunks: [chunk(4 * MIB), chunk(2 * MIB)] };
  expect(ManifestFile.safeParse(file).success).toBe(true);
});

test.each([
  ['a large file without chunks', { size: 5 * MIB }],
  ['a small file with chunks', { size: 2, chunks: [chunk(1), chunk(1)] }],
  ['chunks that are fewer bytes than the file', { size: 6 * MIB, chunks: [chunk(4 * MIB), chunk(MIB)] }],
  ['a chunk that is too large', { size: 6 * MIB, chunks: [chunk(5 * MIB), chunk(MIB)] }],
  ['a chunk of nothing', { size: 4 * MIB, chunks: [chunk(4 * MIB), chunk(0)] }],
  ['a size that is no number of bytes', { size: 1.5 }],
  ['a size below nothing', { size: -1 }],
])('%s is refused', (_, lie) => {
  expect(ManifestFile.safeParse({ path: 'a', digest, ...lie }).success).toBe(false);
});

test('a path below one that is a file is refused', () => {
  const files = ['Wood', 'wood/a.png'].map((path) => ({ path, digest, size: 1 }));
  expect(Manifest.safeParse({ version: 1, files }).success).toBe(false);
});

test('chunks and the executable bit are part of the bytes, in one order of keys', () => {
  const file = { path: 'a', digest, size: 6 * MIB, chunks: [chunk(4 * MIB), chunk(2 * MIB)] };
  const swapped = {
    executable: true,
    ...file,
    chunks: file.chunks.map(({ size }) => ({ size, digest })),
  } as const;
  expect(manifestBytes([swapped])).toEqual(manifestBytes([{ ...file, executable: true }]));
  expect(manifestBytes([swapped])).not.toEqual(manifestBytes([file]));
  expect(Manifest.parse(JSON.parse(manifestBytes([swapped]).toString())).files).toEqual([swapped]);
});
