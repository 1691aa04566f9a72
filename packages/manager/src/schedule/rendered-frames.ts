import type { FarmState, JobEntry, WorkerEntry } from './farm-state.ts';
import { openLease } from './leases.ts';
import type { Outcome } from './outcome.ts';

/** Frame indices of a job that lie rendered on a worker's disk, and those of them that it has for that very lease. */
export interface FramesHere {
  readonly all: Set<number>;
  readonly own: Set<number>;
}

/** As a worker says it, of one lease that it has or had. */
interface Said {
  readonly job: string;
  readonly lease: string;
  readonly frame?: number;
  readonly frames?: readonly number[];
}

/** Frames of each job that the worker has a lease of. */
export function framesHeld(state: FarmState, worker: WorkerEntry): Map<string, Set<number>> {
  const held = new Map<string, Set<number>>();
  for (const id of worker.leases) {
    const lease = state.leases.get(id);
    if (!lease) continue;
    const frames = held.get(lease.job) ?? new Set();
    for (const frame of lease.frames) frames.add(frame);
    held.set(lease.job, frames);
  }
  return held;
}

/**
 * What a worker says that it has on its disk, of jobs that have not ended. Nothing that it never had a lease of: it would
 * keep frames from others by a word.
 */
export function framesHere(
  state: FarmState,
  worker: WorkerEntry,
  said: readonly Said[],
): Map<JobEntry, FramesHere> {
  const found = new Map<JobEntry, FramesHere>();
  const held = framesHeld(state, worker);
  for (const { job: id, lease, frame: one, frames = one === undefined ? [] : [one] } of said) {
    const job = state.jobs.get(id);
    if (!job?.board || job.endedAt !== null) continue;
    const here = found.get(job) ?? { all: new Set(), own: new Set() };
    found.set(job, here);
    const isWorkers = state.leases.get(lease)?.worker === worker.hello.id;
    for (const frame of frames) {
      const index = job.board.indexOf(frame);
      const isKnown = held.get(id)?.has(frame) || worker.had.get(id)?.has(frame);
      if (index < 0 || !isKnown) continue;
      here.all.add(index);
      if (isWorkers && job.holders.get(index) === lease) here.own.add(index);
    }
  }
  return found;
}

/**
 * What lies rendered on the worker's disk and nobody has stored or has a lease of stays with it, so that it is delivered
 * and not rendered once more. Should it have gone from there meanwhile, the worker gives it back.
 */
export function leaseRendered(
  state: FarmState,
  worker: WorkerEntry,
  here: ReadonlyMap<JobEntry, FramesHere>,
  now: number,
  outcome: Outcome,
): void {
  for (const [job, { all, own }] of here) {
    const { board } = job;
    // Without a frame server of its own, nobody would tell that a frame of it has come.
    if (!board || job.endedAt !== null || job.frameServer === null) continue;
    const indices = [...all].filter((index) => {
      if (board.state(index) !== 'waiting') return false;
      if (own.has(index)) return true;
      // What was asked for again, or doubted, is to be rendered: this may be the picture that was not wanted.
      const frame = board.numbers[index] ?? 0;
      return !job.replacing.has(frame) && !job.rerendered.has(frame);
    });
    if (indices.length === 0) continue;
    indices.sort((a, b) => a - b);
    openLease(state, job, worker, indices, { cost: 0, isKept: true }, now, outcome);
  }
}
