import { expect, test } from 'vitest';
import { Manifest, manifestBytes, ScenePath } from './manifest.ts';

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
