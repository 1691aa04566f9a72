import type { Attempt } from '@akashganga/protocol';
import type { Queryable } from './load-farm.ts';
import { loadSql } from './load-sql.ts';

const latestLogs = loadSql('latest-logs');

/** What became of a frame so far, oldest first. */
export async function readAttempts(reads: Queryable, job: string, frame: number): Promise<Attempt[]> {
  const { rows } = await reads.query<Omit<Attempt, 'at'> & { at: string }>(
    'select worker, at, seconds, memory, outcome, problem from attempt where job = $1 and frame = $2 order by id',
    [job, frame],
  );
  return rows.map((row) => ({ ...row, at: Number(row.at) }));
}

export interface FailedLog {
  readonly frame: number;
  readonly at: number;
  readonly worker: string | null;
  readonly says: string;
  readonly log: string;
}

/** What Blender said in the latest 50 failed attempts, oldest first, of one frame or of all. */
export async function readFailedLogs(
  reads: Queryable,
  job: string,
  frame: number | null,
): Promise<FailedLog[]> {
  const { rows } = await reads.query<{
    frame: number;
    at: string;
    worker: string | null;
    problem: { says: string } | null;
    log: string;
  }>(latestLogs, [job, frame]);
  return rows.map(({ problem, at, ...row }) => ({ ...row, at: Number(at), says: problem?.says ?? '' }));
}
