import { expect, it } from 'vitest';
import { rowsToDraw } from './rows-to-draw.ts';

const range = { startIndex: 10, endIndex: 12, overscan: 1, count: 100 };

it('draws a few rows beyond the screen', () => {
  expect(rowsToDraw(range, null)).toEqual([9, 10, 11, 12, 13]);
});

it('keeps the row that has the focus, wherever it is', () => {
  expect(rowsToDraw(range, 3)).toEqual([3, 9, 10, 11, 12, 13]);
  expect(rowsToDraw(range, 50)).toEqual([9, 10, 11, 12, 13, 50]);
  expect(rowsToDraw(range, 11)).toEqual([9, 10, 11, 12, 13]);
});

it('forgets the focus of a row that is no more', () => {
  expect(rowsToDraw(range, 100)).toEqual([9, 10, 11, 12, 13]);
});
