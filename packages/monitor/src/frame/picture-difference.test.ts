import { expect, it } from 'vitest';
import { differenceWords, pictureDifference } from './picture-difference.ts';

const grey = (value: number, pixels = 200) =>
  Uint8ClampedArray.from({ length: pixels * 4 }, (_, at) => (at % 4 === 3 ? 255 : value));

it('finds pictures that are alike, alike', () => {
  expect(differenceWords(pictureDifference(grey(7), grey(7)))).toMatch(/alike in every pixel/);
});

it('counts a pixel once, by the channel that differs most', () => {
  const other = grey(100);
  other[0] = 110;
  other[1] = 140;
  expect(pictureDifference(grey(100), other)).toEqual({ part: 1 / 200, most: 40, mean: 0.2 });
  expect(differenceWords(pictureDifference(grey(100), other))).toBe(
    'They differ in less than 1 % of the pixels, by 40 of 255 at most, 0.20 in the mean.',
  );
});

it('does not compare what has no common pixels', () => {
  expect(() => pictureDifference(grey(1), grey(1, 10))).toThrow(/sizes/);
});
