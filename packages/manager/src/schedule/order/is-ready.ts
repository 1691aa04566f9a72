import type { FarmState, JobEntry } from '../farm-state.ts';
import { missingResource } from '../resources.ts';
import { orderOf } from './order-of.ts';

/** Whether there is something of this job to hand out now, to whoever suits it. */
export function isReady(state: FarmState, job: JobEntry): boolean {
  if (job.frameServer === null) return false;
  if (job.afterJob !== null || job.afterTime !== null || job.soughtUntil !== null) return false;
  // To examine a scene is to open it in Blender, which takes a licence as rendering does.
  if (missingResource(state, job) !== null) return false;
  if (job.state === 'queued') return job.leases.size === 0;
  if (job.leases.size >= mostLeases(job)) return false;
  return job.state === 'active' && (job.board?.count('waiting') ?? 0) > 0;
}

/** Whether nothing of this job waits, but something is under way that an idle slot might help with. */
export function isTail(job: JobEntry): boolean {
  if (job.frameServer === null || job.state !== 'active' || !job.board || isCounted(job)) return false;
  if (job.soughtUntil !== null) return false;
  return job.board.count('waiting') === 0 && job.board.count('leased') + job.board.count('rendering') > 0;
}

/** With a bound on its slots, each lease is for one slot. */
function mostLeases(job: JobEntry): number {
  return isInSequence(job) ? 1 : (job.maxSlots ?? Number.POSITIVE_INFINITY);
}

/** Whether each lease must be for one slot, so that slots can be counted by leases. */
export function isCounted(job: JobEntry): boolean {
  return isInSequence(job) || job.maxSlots !== null || job.uses.length > 0;
}

/** Its frames are made one from the other, so one slot at a time steps through them. */
export function isInSequence(job: JobEntry): boolean {
  return orderOf(job) === 'sequence';
}
