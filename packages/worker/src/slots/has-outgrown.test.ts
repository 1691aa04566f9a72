import { expect, test } from 'vitest';
import { hasOutgrown } from './has-outgrown.ts';

const GIB = 1024 ** 3;

test('a session that grows and grows is replaced, one that fills its caches is not', () => {
  expect(hasOutgrown([])).toBe(false);
  expect(hasOutgrown([GIB, 9 * GIB, 9 * GIB, 9 * GIB])).toBe(false);
  expect(hasOutgrown([GIB, GIB, GIB, 1.9 * GIB])).toBe(false);
  expect(hasOutgrown([GIB, GIB, GIB, 1.9 * GIB, 2.1 * GIB])).toBe(true);
});
