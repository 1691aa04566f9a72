import { expect, test } from 'vitest';
import { plain, sizeWords, spanWords, tableText } from './words.ts';

test('spans are in words', () => {
  expect([0, 59.4, 60, 200, 3600, 7500].map(spanWords)).toEqual([
    '0 s',
    '59 s',
    '1 min 0 s',
    '3 min 20 s',
    '1 h 0 min',
    '2 h 5 min',
  ]);
});

test('sizes are in units people know', () => {
  expect([0, 999, 1000, 1_500_000, 2e13].map(sizeWords)).toEqual([
    '0 B',
    '999 B',
    '1.0 kB',
    '1.5 MB',
    '20.0 TB',
  ]);
});

test('a table is as wide as its cells, and escape sequences do not reach the terminal', () => {
  expect(
    tableText([
      ['A', 'B'],
      ['long\x1b[31m', 'x\n'],
    ]),
  ).toBe('A     B\nlong  x');
  expect(plain('a\u202eb\u0007')).toBe('ab');
});
