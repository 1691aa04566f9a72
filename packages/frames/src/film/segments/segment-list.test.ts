import { expect, test } from 'vitest';
import { SEGMENT_FRAMES, segmentCount, segmentOf, segmentSlice, segmentStart } from './segment-list.ts';

test('segments follow each other without a gap, however long the film is, and each position has its own', () => {
  for (const count of [1, 95, 96, 97, 384, 385, 392, 393, 480, 481, 488, 489, 1000]) {
    const items = Array.from({ length: count }, (_, at) => at);
    const slices = Array.from({ length: segmentCount(count) }, (_, segment) => segmentSlice(items, segment));
    expect(slices.flat()).toEqual(items);
    for (const [segment, slice] of slices.entries()) {
      expect(slice.length).toBeGreaterThan(0);
      expect(slice.length).toBeLessThanOrEqual(SEGMENT_FRAMES);
      expect(slice[0]).toBe(segmentStart(segment, count));
      expect(slice.map((position) => segmentOf(position, count))).toEqual(slice.map(() => segment));
    }
  }
});

test('a long film ends with a short segment, a short one does not', () => {
  const lengths = (count: number) =>
    Array.from(
      { length: segmentCount(count) },
      (_, segment) => segmentSlice(Array(count).fill(0), segment).length,
    );
  expect(lengths(1000).slice(-3)).toEqual([96, 32, 8]);
  expect(lengths(96 * 5).slice(-2)).toEqual([88, 8]);
  expect(lengths(96 * 5 + 5).slice(-3)).toEqual([96, 93, 8]);
  expect(lengths(120)).toEqual([96, 24]);
});
