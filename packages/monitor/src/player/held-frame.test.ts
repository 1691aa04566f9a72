import { expect, test } from 'vitest';
import { addRuns, emptyBoard } from '../frames/frame-board.ts';
import { heldAt, isDone, liveEnd } from './held-frame.ts';

function boardOf(...runs: Parameters<typeof addRuns>[1]) {
  const board = emptyBoard();
  addRuns(board, runs, new Map());
  return board;
}

test('a gap is held with the last frame before it, and before the first there is none', () => {
  const board = boardOf(
    { first: -4, last: -3, step: 1, state: 'waiting' },
    { first: -2, last: 4, step: 2, state: 'done' },
    { first: 6, last: 9, step: 1, state: 'rendering' },
    { first: 10, last: 10, step: 1, state: 'done' },
    { first: 11, last: 30, step: 1, state: 'failed' },
  );
  expect([0, 1, 2, 5, 6, 9, 10, 12, 29, 99].map((at) => heldAt(board, at))).toEqual([
    -1, -1, 2, 5, 5, 5, 10, 10, 10, 10,
  ]);
  expect(liveEnd(board)).toBe(11);
  expect([isDone(board, 5), isDone(board, 6), isDone(board, 99)]).toEqual([true, false, false]);
});

test('the film of a job that has nothing yet ends where it begins', () => {
  expect(liveEnd(emptyBoard())).toBe(0);
  expect(liveEnd(boardOf({ first: 1, last: 9, step: 1, state: 'waiting' }))).toBe(0);
});
