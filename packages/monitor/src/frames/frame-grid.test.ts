import { expect, it } from 'vitest';
import { neighbour } from './frame-grid.tsx';

it('moves by one along a row and by a row across', () => {
  expect(neighbour('ArrowRight', 3, 30, 10)).toBe(4);
  expect(neighbour('ArrowDown', 3, 30, 10)).toBe(13);
  expect(neighbour('End', 3, 30, 10)).toBe(29);
});

it('stays within the field', () => {
  expect(neighbour('ArrowUp', 3, 30, 10)).toBeNull();
  expect(neighbour('ArrowRight', 29, 30, 10)).toBeNull();
  expect(neighbour('a', 3, 30, 10)).toBeNull();
});
