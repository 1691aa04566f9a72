import { expect, it } from 'vitest';
import { spans } from './spans.ts';

it('joins neighbours and keeps the rest apart', () => {
  expect(spans([1, 2, 3, 9, 12, 13])).toBe('1-3, 9, 12-13');
});

it('counts what it leaves out', () => {
  expect(spans([1, 3, 5, 7, 8], 2)).toBe('1, 3 and 3 more');
});

it('says nothing of nothing', () => {
  expect(spans([])).toBe('');
});
