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
  expect(times.left(frames)).toEqual({ seconds: 0, error: 0 });
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
  expect(many.left(frames)?.error ?? 1).toBeLessThan(few.left(frames)?.error ?? 0);
});

test('a million frames are estimated from a few thousand', () => {
  const times = new FrameTimes();
  times.learn(0, 1_000_000, 2);
  const seconds = times.left(board(1_000_000))?.seconds ?? 0;
  expect(Math.abs(seconds - 2_000_000)).toBeLessThan(2000);
});
