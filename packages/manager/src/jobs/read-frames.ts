import {
  FarmError,
  type Frame,
  type FrameRun,
  isProblemCode,
  problemClass,
  type ShownAttempt,
} from '@akashganga/protocol';
import type { Farm } from '../farm/farm.ts';
import type { Queryable } from '../record/load-farm.ts';
import { readAttempts, readFailedLogs } from '../record/read-attempts.ts';
import { type FrameRow, readFrameRows } from '../record/read-frame-rows.ts';
import type { FrameBoard, JobEntry } from '../schedule/index.ts';

/** A page of frames from `from` on; their states from memory, what became of them from the database. */
export async function readFrames(
  farm: Farm,
  reads: Queryable,
  id: string,
  page: { from?: number | undefined; limit: number },
): Promise<{ frames: Frame[]; more: boolean }> {
  const job = jobOf(farm, id);
  const board = job.board;
  if (!board) return { frames: [], more: false };
  const first = page.from === undefined ? 0 : firstAtLeast(board, page.from);
  const numbers = [...board.numbers.subarray(first, first + page.limit)];
  const byNumber = await readFrameRows(reads, id, numbers[0] ?? 0, numbers.at(-1) ?? 0);
  const frames = numbers.map((frame, at) =>
    showFrame(farm, job, board, first + at, frame, byNumber.get(frame)),
  );
  return { frames, more: first + page.limit < board.size };
}

export async function readFrame(
  farm: Farm,
  reads: Queryable,
  id: string,
  frame: number,
): Promise<{ frame: Frame; attempts: ShownAttempt[] }> {
  const job = jobOf(farm, id);
  if (!job.board || job.board.indexOf(frame) < 0) throw new FarmError('frame.unknown', { job: id, frame });
  const { frames } = await readFrames(farm, reads, id, { from: frame, limit: 1 });
  const [shown] = frames;
  if (!shown) throw new FarmError('frame.unknown', { job: id, frame });
  const attempts = await readAttempts(reads, id, frame);
  return {
    frame: shown,
    attempts: attempts.map((attempt) => ({ ...attempt, class: classOf(attempt.problem) })),
  };
}

function classOf(problem: ShownAttempt['problem']): ShownAttempt['class'] {
  return problem && isProblemCode(problem.code) ? problemClass(problem.code) : null;
}

/** What Blender said in failed attempts, oldest first, of one frame or the latest of the job. */
export async function readLog(
  farm: Farm,
  reads: Queryable,
  id: string,
  frame: number | null,
): Promise<string> {
  jobOf(farm, id);
  const logs = await readFailedLogs(reads, id, frame);
  return logs
    .map(
      (one) =>
        `── frame ${one.frame}, ${new Date(one.at).toISOString()}, worker ${one.worker}\n${one.says}\n${one.log}\n`,
    )
    .join('\n');
}

/**
 * The states of the frames from `from` on, in at most `limit` runs of frames that follow each other evenly.
 * All of it is in memory: a million frames take some milliseconds.
 */
export function readFrameStates(
  farm: Pick<Farm, 'state'>,
  id: string,
  page: { from?: number | undefined; limit: number },
): { runs: FrameRun[]; next: number | null } {
  const { board } = jobOf(farm, id);
  if (!board) return { runs: [], next: null };
  const { numbers } = board;
  const runs: FrameRun[] = [];
  let at = page.from === undefined ? 0 : firstAtLeast(board, page.from);
  while (at < board.size && runs.length < page.limit) {
    const first = numbers[at] ?? 0;
    const state = board.state(at);
    const step = at + 1 < board.size ? (numbers[at + 1] ?? 0) - first : 1;
    let end = at;
    while (
      end + 1 < board.size &&
      (numbers[end + 1] ?? 0) - (numbers[end] ?? 0) === step &&
      board.state(end + 1) === state
    )
      end += 1;
    runs.push({ first, last: numbers[end] ?? 0, step, state });
    at = end + 1;
  }
  return { runs, next: at < board.size ? (numbers[at] ?? null) : null };
}

function jobOf(farm: Pick<Farm, 'state'>, id: string): JobEntry {
  const job = farm.state.jobs.get(id);
  if (!job) throw new FarmError('job.unknown', { job: id });
  return job;
}

function firstAtLeast(board: FrameBoard, frame: number): number {
  let low = 0;
  let high = board.size;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((board.numbers[middle] ?? 0) < frame) low = middle + 1;
    else high = middle;
  }
  return low;
}

function showFrame(
  farm: Farm,
  job: JobEntry,
  board: FrameBoard,
  index: number,
  frame: number,
  row: FrameRow | undefined,
): Frame {
  const holder = farm.state.leases.get(job.holders.get(index) ?? '');
  return {
    frame,
    state: board.state(index),
    failures: board.failures(index),
    worker: holder?.worker ?? row?.worker ?? null,
    digest: row?.digest ?? null,
    size: row?.size ?? null,
    seconds: row?.seconds ?? null,
    memory: row?.memory ?? null,
    at: row?.at ?? null,
  };
}
