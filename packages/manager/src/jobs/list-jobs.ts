import { FarmError, type Job, type JobState } from '@akashganga/protocol';
import type { Farm } from '../farm/farm.ts';
import type { Queryable } from '../record/load-farm.ts';
import { readHead, readHeads } from '../record/read-heads.ts';
import { type JobHead, showHead, showJob } from '../schedule/index.ts';

/** A page of jobs, newest first. Those that live in memory are shown as they are this moment. */
export async function listJobs(
  farm: Farm,
  reads: Queryable,
  page: { state?: JobState | undefined; limit: number; before?: number | undefined },
): Promise<{ jobs: Job[]; more: boolean }> {
  const heads = await readHeads(reads, { ...page, limit: page.limit + 1 });
  // Whoever asks for those before the last one's time must not miss one of that same millisecond.
  const oldest = heads[Math.min(page.limit, heads.length) - 1]?.createdAt ?? 0;
  const shown = heads.filter((head) => head.createdAt >= oldest);
  return { jobs: shown.map((head) => showNow(farm, head)), more: heads.length > page.limit };
}

export async function readJobView(farm: Farm, reads: Queryable, id: string): Promise<Job> {
  const live = farm.state.jobs.get(id);
  if (live) return showJob(farm.state, live, Date.now());
  const head = await readHead(reads, id);
  if (!head) throw new FarmError('job.unknown', { job: id });
  return showHead(head);
}

function showNow(farm: Farm, head: JobHead): Job {
  const live = farm.state.jobs.get(head.id);
  return live ? showJob(farm.state, live, Date.now()) : showHead(head);
}
