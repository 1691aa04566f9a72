import { expect, test } from 'vitest';
import { padToEven } from './pixels.ts';

test('the last column and row are repeated where a side is odd', () => {
  const data = Buffer.from([1, 1, 1, 2, 2, 2, 3, 3, 3]);
  expect(padToEven({ width: 3, height: 1, data })).toEqual({
    width: 4,
    height: 2,
    data: Buffer.from([1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3, 3, 1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3, 3]),
  });
});

test('even sides stay as they are', () => {
  const pixels = { width: 2, height: 2, data: Buffer.alloc(12) };
  expect(padToEven(pixels)).toBe(pixels);
});
