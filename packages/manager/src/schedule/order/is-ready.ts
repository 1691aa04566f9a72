import type { JobEntry } from '../farm-state.ts';

/** Whether there is something of this job to hand out now, to whoever suits it. */
export function isReady(job: JobEntry): boolean {
  if (job.frameServer === null) return false;
  if (job.state === 'queued') return job.leases.size === 0;
  return job.state === 'active' && (job.board?.count('waiting') ?? 0) > 0;
}
