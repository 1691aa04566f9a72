import { expect, test } from 'vitest';
import { Buckets } from './buckets.ts';

test('a caller may do so much at once, and so much more as time passes', () => {
  const buckets = new Buckets({ most: 3, perSecond: 2 });
  expect([0, 0, 0].map((now) => buckets.take('a', now))).toEqual([null, null, null]);
  expect(buckets.take('a', 0)).toBe(1);
  expect(buckets.take('b', 0)).toBe(null);
  expect(buckets.take('a', 500)).toBe(null);
  expect(buckets.take('a', 600)).toBe(1);
  // It never holds more than at first, however long nobody came.
  expect([1, 2, 3, 4].map(() => buckets.take('a', 1_000_000))).toEqual([null, null, null, 1]);
});

test('the wait is told in whole seconds, and holds', () => {
  const buckets = new Buckets({ most: 1, perSecond: 0.1 });
  buckets.take('a', 0);
  expect(buckets.take('a', 0)).toBe(10);
  expect(buckets.take('a', 10_000)).toBe(null);
});

test('a clock that goes back gives and takes nothing', () => {
  const buckets = new Buckets({ most: 2, perSecond: 1 });
  buckets.take('a', 5000);
  expect(buckets.take('a', 1000)).toBe(null);
  expect(buckets.take('a', 1000)).toBe(1);
});

test('a million callers take no more memory than so many, and one that is held back is not let go by them at once', () => {
  const buckets = new Buckets({ most: 2, perSecond: 1, callers: 1000 });
  for (let at = 0; at < 1_000_000; at += 1) buckets.take(`caller-${at}`, at / 1000);
  expect(buckets.size).toBeLessThanOrEqual(1000);
  for (let at = 0; at < 2; at += 1) buckets.take('a', 2000);
  for (let at = 0; at < 100; at += 1) buckets.take(`other-${at}`, 2000);
  expect(buckets.take('a', 2000)).toBe(1);
});
