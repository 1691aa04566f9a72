import { expect, test } from 'vitest';
import { FrameBoard } from '../frame-board.ts';
import { FrameTimes } from './frame-times.ts';

function board(size: number): FrameBoard {
  return new FrameBoard(Int32Array.from({ length: size }, (_, index) => index));
}

test('nothing is said while no frame was seen, and nothing is left when all are done', () => {
  const frames = board(10);
  const times = new FrameTimes();
  expect(times.left(frames)).toBeNull();
  for (let index = 0; index < 10; index += 1) {
    times.learn(index, 10, 2);
    frames.apply(index, 'done');
  }
  expect(times.left(frames)).toMatchObject({ seconds: 0, low: 0, high: 0 });
});

test('frames that grow slower to the end are expected to, once one of each end was seen', () => {
  const frames = board(1000);
  const times = new FrameTimes();
  const truth = (index: number) => 1 + index / 100;
  for (const index of [0, 250, 500, 750, 999]) times.learn(index, 1000, truth(index));
  const all = Array.from({ length: 1000 }, (_, index) => truth(index)).reduce((a, b) => a + b);
  const left = times.left(frames);
  expect(Math.abs((left?.seconds ?? 0) - all) / all).toBeLessThan(0.05);
});

test('the more was seen the surer it is', () => {
  const frames = board(1000);
  const few = new FrameTimes();
  const many = new FrameTimes();
  few.learn(0, 1000, 5);
  for (let index = 0; index < 1000; index += 10) many.learn(index, 1000, 5);
  expect(many.left(frames)?.high ?? 1).toBeLessThan(few.left(frames)?.high ?? 0);
});

test('a million frames are estimated from a few thousand', () => {
  const times = new FrameTimes();
  times.learn(0, 1_000_000, 2);
  const seconds = times.left(board(1_000_000))?.seconds ?? 0;
  expect(Math.abs(seconds - 2_000_000)).toBeLessThan(2000);
});

test('frames that grew steadily so far are expected to go on growing, and others are not', () => {
  const frames = board(1000);
  const growing = new FrameTimes();
  const level = new FrameTimes();
  for (let index = 0; index < 300; index += 1) {
    growing.learn(index, 1000, 1 + index / 500);
    level.learn(index, 1000, index % 2 === 0 ? 1 : 1.2);
  }
  // All of them, none being done: 1,000 frames of two seconds on average, the last ones no more than twice those seen.
  expect(growing.left(frames)?.seconds).toBeGreaterThan(1800);
  expect(growing.left(frames)?.seconds).toBeLessThan(2100);
  expect(level.left(frames)?.seconds).toBeCloseTo(1100, -2);
});
