import type { JobEntry } from '../farm-state.ts';

/** Whether there is something of this job to hand out now, to whoever suits it. */
export function isReady(job: JobEntry): boolean {
  if (job.frameServer === null) return false;
  if (job.state === 'queued') return job.leases.size === 0;
  if (isInSequence(job) && job.leases.size > 0) return false;
  return job.state === 'active' && (job.board?.count('waiting') ?? 0) > 0;
}

/** Whether nothing of this job waits, but something is under way that an idle slot might help with. */
export function isTail(job: JobEntry): boolean {
  if (job.frameServer === null || job.state !== 'active' || !job.board || isInSequence(job)) return false;
  return job.board.count('waiting') === 0 && job.board.count('leased') + job.board.count('rendering') > 0;
}

/** Its frames are made one from the other, so one slot at a time steps through them. */
export function isInSequence(job: JobEntry): boolean {
  return job.probe?.order === 'sequence';
}
