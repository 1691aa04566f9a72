import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FarmError } from './farm-error.ts';
import { formatFrames, frameName, parseFrames } from './frame-set.ts';

test.each([
  ['1-5', [1, 2, 3, 4, 5]],
  ['1,5,9', [1, 5, 9]],
  ['9,5,1,5', [1, 5, 9]],
  ['1-20x5', [1, 6, 11, 16]],
  ['-10--8', [-10, -9, -8]],
  ['-2-2', [-2, -1, 0, 1, 2]],
  ['-5', [-5]],
  [' 1 , 3-4 ', [1, 3, 4]],
  ['0-60', Array.from({ length: 61 }, (_, i) => i)],
])('%s means the frames one expects', (spec, frames) => {
  expect([...parseFrames(spec)]).toEqual(frames);
});

test.each([
  '',
  '5-',
  '1-100x0',
  'a',
  '1--',
  '10-5',
  '1,,2',
  '1-10x',
  '3x2',
  '1.5',
  '1-2000000',
  '1;2',
  '1-5x-1',
])('%s is refused with a sentence that names it', (spec) => {
  const error = refusal(spec);
  expect(error.code).toBe('frames.bad-spec');
  expect(error.says).toContain(`"${spec}"`);
});

test('a spec made from frames reads back as the same frames', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: -500, max: 500 }), { minLength: 1 }), (numbers) => {
      const sorted = [...numbers].sort((a, b) => a - b);
      expect([...parseFrames(formatFrames(sorted))]).toEqual(sorted);
    }),
  );
});

test('a million frames make a short spec', () => {
  expect(formatFrames(parseFrames('1-1000000'))).toBe('1-1000000');
  expect(formatFrames([1, 6, 11, 40, 41, 42, 50])).toBe('1-11x5,40-42,50');
});

test('file names sort and keep the sign', () => {
  expect([frameName(7), frameName(-3), frameName(12345)]).toEqual(['0007', '-0003', '12345']);
});

function refusal(spec: string): FarmError {
  try {
    parseFrames(spec);
  } catch (error) {
    if (error instanceof FarmError) return error;
  }
  throw new Error(`${spec} was accepted`);
}

test('runs that overlap count each frame once, few and many alike', () => {
  expect([...parseFrames('5-9,1-6,7')]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  const many = parseFrames('1-60000,30000-90000,-5');
  expect([many.length, many[0], many[1], many.at(-1)]).toEqual([90_001, -5, 1, 90_000]);
});
