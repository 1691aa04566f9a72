import { defaultRangeExtractor, type Range } from '@tanstack/react-virtual';

/** The rows near the screen and the one that has the focus, ascending. */
export function rowsToDraw(range: Range, focused: number | null): number[] {
  const rows = defaultRangeExtractor(range);
  if (focused === null || focused >= range.count || rows.includes(focused)) return rows;
  return [...rows, focused].sort((a, b) => a - b);
}
