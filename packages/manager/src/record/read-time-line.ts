import {
  type AttemptOutcome,
  type FrameTimes,
  type Spent,
  TIME_LINE_PIECES,
  type TimeColumn,
  type TimeLine,
  type TimeLineQuery,
  type TimePiece,
} from '@akashganga/protocol';
import type { Queryable } from './load-farm.ts';
import { loadSql } from './load-sql.ts';

const spentSql = loadSql('time-line-spent');
const piecesSql = loadSql('time-line-pieces');
const columnsSql = loadSql('time-line-columns');
const frameTimesSql = loadSql('frame-times');

type Worker = string | null;

interface SpentRow extends Spent {
  readonly worker: Worker;
  readonly outcome: AttemptOutcome;
  readonly first: number;
  readonly last: number;
}

/**
 * Where the time of a job went: every attempt in a window of time, or, of more than `TIME_LINE_PIECES`, how busy each
 * worker was in each column. Looks at each frame row of the job twice, so it is for somebody who looks, not for every beat.
 */
export async function readTimeLine(reads: Queryable, job: string, query: TimeLineQuery): Promise<TimeLine> {
  const rows = (await reads.query<SpentRow>(spentSql, [job])).rows.map((row) => ({
    ...row,
    seconds: Number(row.seconds),
  }));
  const names = [...new Set(rows.map((row) => row.worker ?? ''))].sort();
  const page = names.filter((name) => query.after === undefined || name > query.after);
  const shown = page.slice(0, query.workers);
  const { first, last } = bounds(rows);
  const from = query.from ?? first ?? 0;
  const to = Math.max(from + 1, query.to ?? last ?? 0);
  const { pieces, columns } = await inWindow(reads, job, { from, to, shown, columns: query.columns });
  return {
    ...{ first, last, from, to },
    spent: { done: spentOn(rows, 'done'), failed: spentOn(rows, 'failed'), lost: spentOn(rows, 'lost') },
    workers: shown.map((name) => ({
      worker: name === '' ? null : name,
      pieces: pieces?.get(name) ?? [],
      columns: columns?.get(name) ?? [],
    })),
    inColumns: columns !== null,
    workersInAll: names.length,
    next: page.length > shown.length ? (shown.at(-1) ?? null) : null,
  };
}

function bounds(rows: readonly SpentRow[]): { first: number | null; last: number | null } {
  if (rows.length === 0) return { first: null, last: null };
  const first = rows.reduce((least, row) => Math.min(least, row.first), Number.POSITIVE_INFINITY);
  const last = rows.reduce((most, row) => Math.max(most, row.last), 0);
  return { first: Math.max(0, Math.floor(first)), last: Math.ceil(last) };
}

function spentOn(rows: readonly SpentRow[], outcome: AttemptOutcome): Spent {
  const of = rows.filter((row) => row.outcome === outcome);
  return {
    attempts: of.reduce((sum, row) => sum + row.attempts, 0),
    seconds: of.reduce((sum, row) => sum + row.seconds, 0),
  };
}

interface Window {
  readonly from: number;
  readonly to: number;
  readonly shown: readonly string[];
  readonly columns: number;
}

async function inWindow(reads: Queryable, job: string, { from, to, shown, columns }: Window) {
  const about = [job, from, to, shown];
  const found = await reads.query<TimePiece & { worker: Worker }>(piecesSql, [
    ...about,
    TIME_LINE_PIECES + 1,
  ]);
  if (found.rows.length <= TIME_LINE_PIECES) {
    const sorted = found.rows.sort((a, b) => a.began - b.began || a.frame - b.frame);
    return { pieces: byWorker(sorted, whole), columns: null };
  }
  const wide = (to - from) / columns;
  const { rows } = await reads.query<TimeColumn & { worker: Worker }>(columnsSql, [...about, columns, wide]);
  return { pieces: null, columns: byWorker(rows, ({ worker: _, ...column }) => column) };
}

function whole({ frame, began, ended, outcome }: TimePiece): TimePiece {
  return { frame, began: Math.max(0, Math.round(began)), ended: Math.round(ended), outcome };
}

function byWorker<Row extends { worker: Worker }, Told>(
  rows: readonly Row[],
  tell: (row: Row) => Told,
): Map<string, Told[]> {
  const found = new Map<string, Told[]>();
  for (const row of rows) {
    const list = found.get(row.worker ?? '') ?? [];
    if (list.length === 0) found.set(row.worker ?? '', list);
    list.push(tell(row));
  }
  return found;
}

/** What the frames of a job took, in columns of neighbouring numbers. `first` and `last` are numbers of the job. */
export async function readFrameTimes(
  reads: Queryable,
  job: string,
  { first, last, columns }: { readonly first: number; readonly last: number; readonly columns: number },
): Promise<FrameTimes> {
  const each = Math.max(1, Math.ceil((last - first + 1) / columns));
  const { rows } = await reads.query<Omit<FrameTimes['columns'][number], 'first'> & { column: number }>(
    frameTimesSql,
    [job, first, each],
  );
  return {
    each,
    columns: rows.map(({ column, ...told }) => ({ first: first + column * each, ...told })),
  };
}
