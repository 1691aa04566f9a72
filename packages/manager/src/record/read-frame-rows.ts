import type { Queryable } from './load-farm.ts';

export interface FrameRow {
  readonly frame: number;
  readonly worker: string | null;
  readonly digest: string | null;
  readonly size: number | null;
  readonly seconds: number | null;
  readonly memory: number | null;
  readonly at: number | null;
}

/** What became of the frames from `first` to `last`, by number; a frame that nothing happened to is not in it. */
export async function readFrameRows(
  reads: Queryable,
  job: string,
  first: number,
  last: number,
): Promise<Map<number, FrameRow>> {
  const { rows } = await reads.query<
    Omit<FrameRow, 'size' | 'at'> & { size: string | null; at: string | null }
  >(
    'select frame, worker, digest, size, seconds, memory, at from frame where job = $1 and frame between $2 and $3',
    [job, first, last],
  );
  return new Map(rows.map((row) => [row.frame, { ...row, size: numberOf(row.size), at: numberOf(row.at) }]));
}

// The driver gives bigints as text.
function numberOf(text: string | null): number | null {
  return text === null ? null : Number(text);
}
