import { expect, it } from 'vitest';
import { measured } from '../words/duration.ts';
import { extremes, timesWords } from './extremes.ts';

const times = [
  { first: 1, low: 0.5, middle: 1, high: 2 },
  { first: 11, low: 0.4, middle: 1, high: 12.34 },
  { first: 21, low: 0.6, middle: 1, high: 1.5 },
];

it('names the longest by its frames', () => {
  const found = extremes(times);
  expect(found && timesWords(found, 10, measured)).toBe('from 0.40 s to 12.3 s (frames 11 to 20).');
  expect(found).toMatchObject({ from: 1, to: 21 });
});

it('says only the most where there is no range, and nothing of nothing', () => {
  const found = extremes([{ first: 4, low: 0, middle: 3, high: 3 }]);
  expect(found && timesWords(found, 1, measured)).toBe('at most 3.0 s (frame 4).');
  expect(extremes([])).toBeNull();
});
