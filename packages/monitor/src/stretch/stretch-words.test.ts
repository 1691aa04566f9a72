import { expect, it } from 'vitest';
import { clockTime } from '../words/duration.ts';
import { stretchWords } from './stretch-words.ts';

const MINUTE = 60_000;
const say = (value: number) => `${value} frames`;

it('says the highest column and when that was', () => {
  const words = stretchWords({ from: 0, eachMs: MINUTE, values: [1, 7, 0] }, say);
  expect(words).toBe(`At most 7 frames, at ${clockTime(MINUTE)}.`);
});

it('tells nothing done from nobody there', () => {
  expect(stretchWords({ from: 0, eachMs: MINUTE, values: [0, 0] }, say)).toBe('Never more than 0 frames.');
  expect(stretchWords({ from: 0, eachMs: MINUTE, values: [null, null] }, say)).toBe(
    'Nobody has measured this yet.',
  );
  const day = { from: 0, eachMs: 15 * MINUTE, values: [...Array<null>(13).fill(null), 2, 1, 1] };
  expect(stretchWords(day, say)).toMatch(/Not measured: 3 h 15 min of 4 h\.$/);
});
