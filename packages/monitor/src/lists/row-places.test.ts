import { expect, it } from 'vitest';
import { placeRows, rowsBetween } from './row-places.ts';

const keys = ['a', 'b', 'c', 'd', 'e'];

it('takes rows for as high as they were seen, and the others for as high as usual', () => {
  const places = placeRows(keys, new Map([['b', 100]]), 50, 10);
  expect([...places.tops]).toEqual([0, 60, 170, 230, 290, 350]);
  expect(places.height).toBe(340);
  expect(placeRows([], new Map(), 50, 10).height).toBe(0);
});

it('finds the rows between two edges of ten thousand', () => {
  const many = placeRows(
    Array.from({ length: 10_000 }, (_, row) => String(row)),
    new Map(),
    90,
    10,
  );
  expect(rowsBetween(many, 500_050, 500_250, null)).toEqual([5000, 5001, 5002]);
  expect(rowsBetween(many, -500, 150, null)).toEqual([0, 1]);
  expect(rowsBetween(many, 2_000_000, 2_000_500, null)).toEqual([9999]);
});

it('keeps the row that has the focus, wherever it is, and forgets it when it is no more', () => {
  const places = placeRows(keys, new Map(), 50, 10);
  expect(rowsBetween(places, 0, 100, 4)).toEqual([0, 1, 4]);
  expect(rowsBetween(places, 0, 100, 1)).toEqual([0, 1]);
  expect(rowsBetween(places, 0, 100, 5)).toEqual([0, 1]);
  expect(rowsBetween(placeRows([], new Map(), 50, 10), 0, 100, 0)).toEqual([]);
});
