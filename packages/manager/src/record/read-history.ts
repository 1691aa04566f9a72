import type { Change, Statistic } from '@akashganga/protocol';
import type { Queryable } from './load-farm.ts';
import { loadSql } from './load-sql.ts';

const pageOfChanges = loadSql('page-of-changes');
const statistics = loadSql('statistics');

interface About {
  readonly job?: string | undefined;
  readonly worker?: string | undefined;
}

/** Who changed what and when, the newest first. */
export async function readChanges(
  reads: Queryable,
  { job, worker, limit }: About & { readonly limit: number },
): Promise<Change[]> {
  const { rows } = await reads.query<Omit<Change, 'at'> & { at: string }>(pageOfChanges, [
    job ?? null,
    worker ?? null,
    limit,
  ]);
  return rows.map((row) => ({ ...row, at: Number(row.at) }));
}

/** What workers did for jobs, one row for each pair: of a job, of a worker, or of all. Looks at every frame row of them. */
export async function readStatistics(reads: Queryable, { job, worker }: About): Promise<Statistic[]> {
  const { rows } = await reads.query<Omit<Statistic, 'mean' | 'failedAttempts'> & { failed: number }>(
    statistics,
    [job ?? null, worker ?? null],
  );
  return rows.map(({ failed, ...row }) => ({
    ...row,
    mean: row.done > 0 ? row.seconds / row.done : null,
    failedAttempts: failed,
  }));
}
