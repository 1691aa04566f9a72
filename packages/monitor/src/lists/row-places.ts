/** Where the rows of a list stand: how high each is as far as it was seen, below one another with a gap. CSS pixels. */
export interface RowPlaces {
  /** Of each row, its upper edge below that of the list; and one more, where the next one would stand. */
  readonly tops: Float64Array;
  readonly height: number;
}

export function placeRows(
  keys: readonly string[],
  seen: ReadonlyMap<string, number>,
  guess: number,
  gap: number,
): RowPlaces {
  const tops = new Float64Array(keys.length + 1);
  for (const [row, key] of keys.entries()) tops[row + 1] = (tops[row] ?? 0) + (seen.get(key) ?? guess) + gap;
  return { tops, height: Math.max(0, (tops[keys.length] ?? 0) - gap) };
}

/** The rows between two edges and the one that has the focus, ascending. */
export function rowsBetween({ tops }: RowPlaces, from: number, to: number, focused: number | null): number[] {
  const count = tops.length - 1;
  const rows: number[] = [];
  for (let row = rowAt(tops, from); row < count && (tops[row] ?? 0) < to; row += 1) rows.push(row);
  if (focused === null || focused >= count || rows.includes(focused)) return rows;
  return [...rows, focused].sort((a, b) => a - b);
}

/** The last row that begins at or above `edge`, found by halves. */
function rowAt(tops: Float64Array, edge: number): number {
  let [low, high] = [0, Math.max(0, tops.length - 2)];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((tops[middle] ?? 0) <= edge) low = middle;
    else high = middle - 1;
  }
  return low;
}
