import { expect, test } from 'vitest';
import { Neighbours } from './neighbours.ts';

const CELLS = 64;
/** A print of one gray, with so many cells of another. */
const print = (gray: number, cells = 0, other = 0) =>
  Uint8Array.from({ length: CELLS * 3 }, (_, at) => (at < cells * 3 ? other : gray));

function told(prints: readonly Uint8Array[], order = prints.map((_, at) => at)): number[] {
  const neighbours = new Neighbours();
  return order.flatMap((frame) => neighbours.add(frame, prints[frame]!)).sort((a, b) => a - b);
}

const slow = Array.from({ length: 40 }, (_, at) => print(60 + at));

test('one frame with a part of another colour is told, whatever comes first', () => {
  const prints = slow.with(20, print(80, 4, 255));
  expect(told(prints)).toEqual([20]);
  expect(told(prints, [...prints.keys()].reverse())).toEqual([20]);
  const every16th = [...prints.keys()].sort((a, b) => (a % 16) - (b % 16));
  expect(told(prints, every16th)).toEqual([20]);
});

test('motion, a fade, a cut and the first and last frame are not', () => {
  expect(told(slow)).toEqual([]);
  const moving = Array.from({ length: 40 }, (_, at) => {
    const cells = print(60);
    cells.fill(255, at * 4, at * 4 + 24);
    return cells;
  });
  expect(told(moving)).toEqual([]);
  expect(
    told([...slow.slice(0, 20), ...slow.slice(0, 20).map((one) => one.map((value) => 255 - value))]),
  ).toEqual([]);
  expect(told(slow.with(0, print(255)).with(39, print(0)))).toEqual([]);
});

test('a film that flickers all along is meant so, and told of a few times at most', () => {
  const flicker = Array.from({ length: 400 }, (_, at) => print(at % 3 === 0 ? 200 : 60));
  expect(told(flicker).length).toBeLessThanOrEqual(4);
});

test('a frame that was rendered again is compared anew', () => {
  const neighbours = new Neighbours();
  for (const [frame, one] of slow.entries()) neighbours.add(frame, one);
  expect(neighbours.add(20, print(80, 8, 255))).toEqual([20]);
  expect(neighbours.add(20, print(80))).toEqual([]);
});
