import { expect, test } from 'vitest';
import { beatsFor, lostAfter } from './beats.ts';

test.each([
  [1, {}, 8000],
  [1000, { changesMs: 2000 }, 8000],
  [4500, { changesMs: 3000 }, 8000],
  [10_000, { beatMs: 6667, changesMs: 6667 }, 10_001],
])('of %i workers each is heard often enough and no more', (workers, beats, lost) => {
  expect(beatsFor(workers)).toEqual(beats);
  expect(lostAfter(workers)).toBe(lost);
});
