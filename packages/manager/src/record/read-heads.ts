import type { JobState } from '@akashganga/protocol';
import type { JobHead } from '../schedule/index.ts';
import type { Queryable } from './load-farm.ts';
import { loadSql } from './load-sql.ts';

const pageOfHeads = loadSql('page-of-heads');

/** Heads of jobs, the newest first; more than `limit` where the last ones were submitted in the same millisecond. */
export async function readHeads(
  reads: Queryable,
  page: { state?: JobState | undefined; limit: number; before?: number | undefined },
): Promise<JobHead[]> {
  const { rows } = await reads.query<{ head: JobHead }>(pageOfHeads, [
    page.state ?? null,
    page.before ?? null,
    page.limit,
  ]);
  return rows.map((row) => row.head);
}

export async function readHead(reads: Queryable, job: string): Promise<JobHead | null> {
  const { rows } = await reads.query<{ head: JobHead }>('select head from job where id = $1', [job]);
  return rows[0]?.head ?? null;
}

/** How many jobs there are in each state that any job is in. */
export async function countJobs(reads: Queryable): Promise<Record<string, number>> {
  const { rows } = await reads.query<{ state: string; count: string }>(
    'select state, count(*) from job group by state',
  );
  return Object.fromEntries(rows.map((row) => [row.state, Number(row.count)]));
}
