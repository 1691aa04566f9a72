import { FarmError, type Job, type JobState } from '@akashganga/protocol';
import type { Farm } from '../farm/farm.ts';
import type { Queryable } from '../record/load-farm.ts';
import { type JobHead, showHead, showJob } from '../schedule/index.ts';

/** A page of jobs, newest first. Those that live in memory are shown as they are this moment. */
export async function listJobs(
  farm: Farm,
  reads: Queryable,
  page: { state?: JobState | undefined; limit: number; before?: number | undefined },
): Promise<{ jobs: Job[]; more: boolean }> {
  const { rows } = await reads.query<{ head: JobHead }>(
    `select head from job
     where ($1::text is null or state = $1) and ($2::bigint is null or created_at < $2)
     order by created_at desc, id limit $3`,
    [page.state ?? null, page.before ?? null, page.limit + 1],
  );
  const jobs = rows.slice(0, page.limit).map(({ head }) => showNow(farm, head));
  return { jobs, more: rows.length > page.limit };
}

export async function readJobView(farm: Farm, reads: Queryable, id: string): Promise<Job> {
  const live = farm.state.jobs.get(id);
  if (live) return showJob(farm.state, live, Date.now());
  const { rows } = await reads.query<{ head: JobHead }>('select head from job where id = $1', [id]);
  if (!rows[0]) throw new FarmError('job.unknown', { job: id });
  return showHead(rows[0].head);
}

function showNow(farm: Farm, head: JobHead): Job {
  const live = farm.state.jobs.get(head.id);
  return live ? showJob(farm.state, live, Date.now()) : showHead(head);
}
