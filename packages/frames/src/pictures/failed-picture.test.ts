import { expect, test } from 'vitest';
import { failedPicture } from './failed-picture.ts';

const ink = (frame: number, width: number, height: number) => {
  const { data } = failedPicture(frame, { width, height });
  return data.filter((value) => value === 240).length / data.length;
};

test('the picture of a failed frame has its size, something written on it, and another number looks different', () => {
  const one = failedPicture(17, { width: 320, height: 180 });
  expect(one.data).toHaveLength(320 * 180 * 3);
  expect(ink(17, 320, 180)).toBeGreaterThan(0.02);
  expect(one.data.equals(failedPicture(71, { width: 320, height: 180 }).data)).toBe(false);
  expect(one.data.equals(failedPicture(-17, { width: 320, height: 180 }).data)).toBe(false);
});

test('what is too small to write on has its size all the same', () => {
  expect(failedPicture(-1_048_574, { width: 1, height: 1 }).data).toHaveLength(3);
  expect(failedPicture(5, { width: 9, height: 400 }).data).toHaveLength(9 * 400 * 3);
});
