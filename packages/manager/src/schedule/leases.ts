import type { FrameEvent } from '@akashganga/protocol';
import type { FarmState, JobEntry, LeaseEntry, WorkerEntry } from './farm-state.ts';
import { isAloneOn } from './match.ts';
import { isCounted } from './order/is-ready.ts';
import type { Outcome } from './outcome.ts';
import { takeResources, usersOf } from './resources.ts';

/** Opens a lease of these frame indices (none for a probe), each charged with `cost` slot-seconds. A double is of one frame that another lease has. */
export function openLease(
  state: FarmState,
  job: JobEntry,
  worker: WorkerEntry,
  indices: readonly number[],
  terms: { readonly cost: number; readonly isDouble?: boolean; readonly isKept?: boolean },
  now: number,
  outcome: Outcome,
): LeaseEntry {
  const { cost, isDouble = false, isKept = false } = terms;
  state.leaseCount += 1;
  const frames = indices.map((index) => job.board?.numbers[index] ?? 0);
  const lease: LeaseEntry = {
    id: `${state.leasePrefix}-${state.leaseCount}`,
    job: job.id,
    worker: worker.hello.id,
    kind: indices.length === 0 ? 'probe' : 'render',
    frames,
    open: new Set(frames),
    grantedAt: now,
    cost,
    isDouble,
    ...{ wanted: new Set(), wantedAt: 0, isWantedSaid: false },
    isKept,
    ...leaseTerms(job, worker),
    ...(isKept ? { isAlone: false, uses: [] } : {}),
  };
  takeResources(state, lease.uses, 1);
  state.index.charge(job, cost * indices.length);
  if (indices.length > 0 && !isDouble && !isKept) job.grantedAt = now;
  if (!isKept) worker.lastJob = job.id;
  if (indices.length > 0) job.rateSince ??= now;
  if (indices.length > 0 && !isDouble && !isKept) job.unbegun.add(lease.id);
  for (const index of indices) {
    if (isDouble) {
      job.doubles.set(index, lease.id);
      continue;
    }
    job.board?.apply(index, 'lease');
    job.holders.set(index, lease.id);
    outcome.frame(job, index, worker.hello.id);
  }
  state.leases.set(lease.id, lease);
  job.leases.add(lease.id);
  worker.leases.add(lease.id);
  outcome.fact({ kind: 'lease-opened', lease });
  outcome.jobs.add(job.id);
  return lease;
}

/** What a lease of this job is bound to on this worker. */
export function leaseTerms(
  job: JobEntry,
  worker: WorkerEntry,
): Pick<LeaseEntry, 'isAlone' | 'slots' | 'uses'> {
  const isAlone = isAloneOn(worker, job);
  return { isAlone, slots: isAlone || isCounted(job) ? 1 : null, uses: job.uses };
}

/**
 * Ends a lease. Frames still open in it go back to the queue (`return`) or, with their job, out of it
 * (`cancel`). The worker learns of it with its next answer.
 */
export function closeLease(
  state: FarmState,
  lease: LeaseEntry,
  event: 'return' | 'cancel',
  outcome: Outcome,
): void {
  const job = state.jobs.get(lease.job);
  for (const frame of lease.open)
    if (job?.board) settle(state, job, job.board.indexOf(frame), lease, event, outcome);
  if (job) state.index.amend(job, -lease.cost * lease.open.size);
  lease.open.clear();
  forgetLease(state, lease, outcome);
}

function settle(
  state: FarmState,
  job: JobEntry,
  index: number,
  lease: LeaseEntry,
  event: FrameEvent,
  outcome: Outcome,
): void {
  if (index >= 0 && job.doubles.get(index) === lease.id) job.doubles.delete(index);
  if (index < 0 || job.holders.get(index) !== lease.id) return;
  if (event === 'return' && promoteDouble(state, job, index)) return;
  job.holders.delete(index);
  job.begun.delete(index);
  if (job.board?.apply(index, event)) outcome.frame(job, index, null);
}

/** The lease that renders the frame a second time is its only one from now on; false when there is none. */
export function promoteDouble(state: FarmState, job: JobEntry, index: number): boolean {
  const double = state.leases.get(job.doubles.get(index) ?? '');
  job.doubles.delete(index);
  if (!double) return false;
  double.isDouble = false;
  job.holders.set(index, double.id);
  return true;
}

/**
 * Takes one settled frame out of whichever lease has it, and ends that lease when it was the last. `seconds`
 * is what it really took of a slot.
 */
export function releaseFrame(
  state: FarmState,
  job: JobEntry,
  index: number,
  seconds: number,
  outcome: Outcome,
): void {
  const lease = state.leases.get(job.holders.get(index) ?? '');
  const double = state.leases.get(job.doubles.get(index) ?? '');
  job.holders.delete(index);
  job.doubles.delete(index);
  job.begun.delete(index);
  for (const one of [lease, double]) {
    if (!one || !job.board) continue;
    one.open.delete(job.board.numbers[index] ?? 0);
    one.wanted.delete(job.board.numbers[index] ?? 0);
    state.index.amend(job, seconds - one.cost);
    if (one.open.size === 0) forgetLease(state, one, outcome);
  }
}

/** Takes a frame out of the lease that has it, for the one that renders it a second time to go on alone. */
export function dropFromLease(
  state: FarmState,
  job: JobEntry,
  index: number,
  lease: LeaseEntry,
  seconds: number,
  outcome: Outcome,
): void {
  promoteDouble(state, job, index);
  job.begun.delete(index);
  lease.open.delete(job.board?.numbers[index] ?? 0);
  state.index.amend(job, seconds - lease.cost);
  if (lease.open.size === 0) forgetLease(state, lease, outcome);
}

/**
 * Writes down which frames a lease still has, after some went back to the queue. Frames that are done need
 * no such word: their rows tell.
 */
export function narrowLease(state: FarmState, lease: LeaseEntry, outcome: Outcome): void {
  if (state.leases.has(lease.id))
    outcome.fact({ kind: 'lease-narrowed', lease: lease.id, frames: [...lease.open].sort((a, b) => a - b) });
}

function forgetLease(state: FarmState, lease: LeaseEntry, outcome: Outcome): void {
  state.leases.delete(lease.id);
  const job = state.jobs.get(lease.job);
  for (const leases of [job?.leases, job?.unbegun, job?.recalls, state.recalls]) leases?.delete(lease.id);
  state.workers.get(lease.worker)?.leases.delete(lease.id);
  // It may have to be told.
  state.index.workers.restless.add(lease.worker);
  takeResources(state, lease.uses, -1);
  for (const other of usersOf(state, lease.uses)) outcome.jobs.add(other.id);
  outcome.fact({ kind: 'lease-closed', lease: lease.id });
  outcome.jobs.add(lease.job);
}

/** Ends every lease of a job. */
export function closeJobLeases(
  state: FarmState,
  job: JobEntry,
  event: 'return' | 'cancel',
  outcome: Outcome,
): void {
  for (const id of [...job.leases]) {
    const lease = state.leases.get(id);
    if (lease) closeLease(state, lease, event, outcome);
  }
}
