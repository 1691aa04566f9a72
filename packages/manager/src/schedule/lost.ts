import { FarmError } from '@akashganga/protocol';
import { recordFailure } from './failures.ts';
import type { FarmState, JobEntry, LeaseEntry, WorkerEntry } from './farm-state.ts';
import { settleJob } from './job-life.ts';
import { closeLease } from './leases.ts';
import type { Outcome } from './outcome.ts';
import { type FramesHere, framesHeld } from './rendered-frames.ts';

/**
 * Everything the worker had goes back to the queue. A frame it was rendering gets an attempt `lost`,
 * so that a frame which kills every computer it meets ends as failed and not never; not so what is `here`, rendered.
 */
export function loseLeases(
  state: FarmState,
  worker: WorkerEntry,
  now: number,
  outcome: Outcome,
  here: ReadonlyMap<JobEntry, FramesHere> = new Map(),
): void {
  if (worker.leases.size > 0) worker.had = framesHeld(state, worker);
  for (const id of [...worker.leases]) {
    const lease = state.leases.get(id);
    if (lease) loseLease(state, lease, worker, now, outcome, here);
  }
}

/** Frames that the worker has and no other. */
export function framesOnlyHere(state: FarmState, worker: WorkerEntry): number {
  const leases = [...worker.leases].map((id) => state.leases.get(id));
  return leases.reduce((sum, lease) => sum + (lease && !lease.isDouble ? lease.open.size : 0), 0);
}

function loseLease(
  state: FarmState,
  lease: LeaseEntry,
  worker: WorkerEntry,
  now: number,
  outcome: Outcome,
  here: ReadonlyMap<JobEntry, FramesHere>,
): void {
  const job = state.jobs.get(lease.job);
  // Of a frame that is rendered elsewhere too, nothing is lost.
  for (const frame of lease.isDouble ? [] : [...lease.open]) {
    const index = job?.board?.indexOf(frame) ?? -1;
    if (!job?.board || index < 0 || job.board.state(index) !== 'rendering') continue;
    if (here.get(job)?.own.has(index)) continue;
    const error = new FarmError('render.lost', { worker: worker.hello.name, frame });
    const problem = { code: error.code, says: error.says };
    recordFailure(
      state,
      { job, index, worker: worker.hello.id, problem, seconds: null, memory: null, log: '', outcome: 'lost' },
      now,
      outcome,
    );
  }
  if (state.leases.has(lease.id)) closeLease(state, lease, 'return', outcome);
  if (job) settleJob(state, job, now, outcome);
}
