import { expect, test } from 'vitest';
import { hangLimits } from './hang-limits.ts';

test('the limits follow what a frame usually takes, and a frame that computes has longer', () => {
  expect(hangLimits(null, null)).toEqual({ quiet: 300, busy: 1800 });
  expect(hangLimits(1, null)).toEqual({ quiet: 60, busy: 300 });
  expect(hangLimits(120, null)).toEqual({ quiet: 1200, busy: 7200 });
});

test('a bound of one’s own holds for both', () => {
  expect(hangLimits(null, 100)).toEqual({ quiet: 100, busy: 100 });
  expect(hangLimits(1, 100)).toEqual({ quiet: 60, busy: 100 });
});
