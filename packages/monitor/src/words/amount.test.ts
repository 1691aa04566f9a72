import { expect, it } from 'vitest';
import { bytes, count, memory, percent } from './amount.ts';

it('says one frame and two frames', () => {
  expect(count(1, 'frame')).toBe('1 frame');
  expect(count(1_000_000, 'frame')).toBe('1,000,000 frames');
});

it('writes bytes in the unit that reads best', () => {
  expect(bytes(0)).toBe('0 B');
  expect(bytes(999_600)).toBe('1 MB');
  expect(bytes(1_540_000_000)).toBe('1.5 GB');
  expect(memory(16 * 2 ** 30)).toBe('16 GB');
});

it('never says 100 percent before the last frame, nor 0 after the first', () => {
  expect(percent(999_999, 1_000_000)).toBe(99);
  expect(percent(1, 1_000_000)).toBe(1);
  expect(percent(0, 0)).toBe(0);
  expect(percent(5, 5)).toBe(100);
});
