import { expect, test } from 'vitest';
import { Arrivals } from './arrivals.ts';
import { SEGMENT_FRAMES } from './segment-list.ts';

const frames = Array.from({ length: SEGMENT_FRAMES * 2 + 5 }, (_, at) => at * 3 - 10);
const never = new AbortController().signal;

test('a segment is complete when each of its frames came, however often', () => {
  const arrivals = new Arrivals(frames);
  expect(arrivals.segments).toBe(3);
  for (const frame of frames.slice(-5)) {
    expect(arrivals.isComplete(2)).toBe(false);
    expect(arrivals.add(frame)).toBe(2);
    expect(arrivals.add(frame)).toBe(2);
  }
  expect(arrivals.isComplete(2)).toBe(true);
  expect(arrivals.isComplete(0)).toBe(false);
});

test('a frame that the film does not have belongs to no segment', () => {
  expect(new Arrivals(frames).add(-9)).toBeNull();
});

test('a segment begins when its first frames are here without a gap', () => {
  const arrivals = new Arrivals(frames);
  for (const frame of frames.slice(1, 12)) arrivals.add(frame);
  expect(arrivals.begins(0, 12)).toBe(false);
  arrivals.add(frames[0] ?? 0);
  expect(arrivals.begins(0, 12)).toBe(true);
  expect(arrivals.begins(0, 13)).toBe(false);
  for (const frame of frames.slice(-5, -3)) arrivals.add(frame);
  expect(arrivals.begins(2, 12)).toBe(false);
  arrivals.add(frames.at(-3) ?? 0);
  expect(arrivals.begins(2, 12)).toBe(true);
});

test('whoever waits for a frame goes on when it comes, or when it is told not to wait', async () => {
  const arrivals = new Arrivals(frames);
  const waits = Promise.all([arrivals.at(4, never), arrivals.at(4, never)]);
  arrivals.add(frames[4] ?? 0);
  await waits;
  await arrivals.at(4, never);
  const stop = new AbortController();
  const stopped = arrivals.at(5, stop.signal);
  stop.abort(new Error('enough'));
  await expect(stopped).rejects.toThrow('enough');
});
