import type { FarmState, JobEntry, WorkerEntry } from './farm-state.ts';
import { expectedSeconds } from './order/expected.ts';
import { isCounted } from './order/is-ready.ts';

/** A worker that is so much slower than the fastest one may be left out at the end of a job. */
const SLOWER = 1.25;
/** So much more than what the fastest needs for a frame it may go without anything being handed out. */
const PATIENCE = 1.5;
const PATIENCE_SECONDS = 1;

/**
 * Whether the job ends sooner without this worker: what it would begin now would be under way still when the others have
 * rendered all that waits and one frame more. `before` are seconds of an ordinary slot that come first. It holds only
 * while the faster ones do take frames: if they hang, the slow one is better than none.
 */
export function stepsAside(
  state: FarmState,
  job: JobEntry,
  worker: WorkerEntry,
  { before, isIdle }: { readonly before: number; readonly isIdle: boolean },
  now: number,
): boolean {
  if (job.state !== 'active' || job.chunk !== null || !job.board || isCounted(job)) return false;
  // Who may have it is not only a matter of speed.
  if (job.machineProblems.size > 0 || job.tooSmall > 0 || job.aloneUpTo > 0) return false;
  const mine = expectedSeconds(job, worker);
  const { speed, fastest } = state.index.speedFor(job);
  if (mine === null || job.frameSeconds === null || speed === 0 || worker.pace < fastest * SLOWER)
    return false;
  const theirs = job.frameSeconds * fastest;
  if (Math.abs(now - job.grantedAt) > (theirs * PATIENCE + PATIENCE_SECONDS) * 1000) return false;
  const frames = job.board.count('waiting') + job.board.count('leased');
  const rest = (before + frames * job.frameSeconds) / speed;
  // One that asks early renders another frame first.
  return mine * (isIdle ? 1 : 2) > rest + theirs;
}
