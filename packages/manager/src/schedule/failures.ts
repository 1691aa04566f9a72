import { isProblemCode, move, type Problem, problemClass, workerStates } from '@akashganga/protocol';
import type { FarmState, JobEntry, LeaseEntry, WorkerEntry } from './farm-state.ts';
import { failJob } from './job-life.ts';
import { closeLease, dropFromLease, narrowLease, releaseFrame } from './leases.ts';
import { isAlive, isAvoided, suits, takesWork } from './match.ts';
import { noticeOfWorker } from './notices.ts';
import type { Outcome } from './outcome.ts';

/** Failed attempts before a frame fails for good. A farm of one worker gets as many as a large one. */
export const ATTEMPTS = 3;
/** Lost workers are seldom the frame's fault, so more of those are borne. */
export const LOSSES = 5;

export interface FailedAttempt {
  readonly job: JobEntry;
  readonly index: number;
  readonly worker: string;
  readonly problem: Problem;
  readonly seconds: number | null;
  /** Bytes at most; null when it is not known. */
  readonly memory: number | null;
  readonly log: string;
  readonly outcome: 'failed' | 'lost';
}

/** Writes the attempt down and sends the frame where its problem's class says: back, or out, or the whole job out. */
export function recordFailure(state: FarmState, failed: FailedAttempt, now: number, outcome: Outcome): void {
  const { job, index, problem } = failed;
  const board = job.board;
  if (!board) return;
  const frame = board.numbers[index] ?? 0;
  const attempt = {
    worker: failed.worker,
    at: now,
    seconds: failed.seconds,
    memory: failed.memory,
    outcome: failed.outcome,
    problem,
  };
  outcome.fact({ kind: 'attempt', job: job.id, frame, attempt, log: failed.log });

  rememberPeak(job, failed.memory);
  const failures = board.addFailure(index);
  const mendedBy = isProblemCode(problem.code) ? problemClass(problem.code) : 'transient';
  const isBorne = failed.outcome === 'lost' || mendedBy === 'capacity';
  const isFinal = mendedBy === 'scene' || failures >= (isBorne ? LOSSES : ATTEMPTS);
  const capacity = mendedBy === 'capacity' ? whatItHad(state, failed) : null;
  giveUpAttempt(state, failed, isFinal, outcome);
  outcome.fact({
    kind: 'frame',
    job: job.id,
    frame,
    state: isFinal ? 'failed' : 'waiting',
    failures,
    worker: failed.worker,
    digest: null,
    size: null,
    seconds: failed.seconds,
    memory: failed.memory,
    at: now,
  });
  if (mendedBy === 'scene') failJob(state, job, problem, now, outcome);
  if (mendedBy === 'machine') blameMachine(state, failed, now, outcome);
  if (capacity) needsMore(state, failed, capacity, now, outcome);
}

/** Takes the frame out of the lease in which it failed; it waits again, unless it is under way a second time. */
function giveUpAttempt(state: FarmState, failed: FailedAttempt, isFinal: boolean, outcome: Outcome): void {
  const { job, index } = failed;
  const lease = state.leases.get(job.holders.get(index) ?? '');
  const goesOn = !isFinal && lease !== undefined && job.doubles.has(index);
  if (goesOn) dropFromLease(state, job, index, lease, failed.seconds ?? 0, outcome);
  else {
    if (job.board?.apply(index, isFinal ? 'fail' : 'return')) outcome.frame(job, index, null);
    releaseFrame(state, job, index, failed.seconds ?? 0, outcome);
  }
  if (lease) narrowLease(state, lease, outcome);
}

/** A second rendering failed while the first goes on: it is in the frame's history, and does not count. */
export function recordDoubleFailure(
  state: FarmState,
  failed: FailedAttempt,
  lease: LeaseEntry,
  now: number,
  outcome: Outcome,
): void {
  const { job, index, problem, worker, seconds, memory } = failed;
  const frame = job.board?.numbers[index] ?? 0;
  const attempt = { worker, at: now, seconds, memory, outcome: failed.outcome, problem };
  outcome.fact({ kind: 'attempt', job: job.id, frame, attempt, log: failed.log });
  rememberPeak(job, memory);
  closeLease(state, lease, 'return', outcome);
}

/** The job's peak is written with its head, the next time that is. */
export function rememberPeak(job: JobEntry, memory: number | null): void {
  if (memory !== null && memory > (job.peakMemory ?? 0)) job.peakMemory = memory;
}

interface WhatItHad {
  readonly bytes: number;
  /** Nothing else was rendered beside it. */
  readonly wasAlone: boolean;
}

function whatItHad(state: FarmState, failed: FailedAttempt): WhatItHad | null {
  const worker = state.workers.get(failed.worker);
  const lease = state.leases.get(failed.job.holders.get(failed.index) ?? '');
  if (!worker || !lease) return null;
  const wasAlone = worker.leases.size === 1 && (lease.isAlone || worker.hello.slots === 1);
  return { bytes: worker.hello.memory, wasAlone };
}

/**
 * The memory did not last: on such a computer the job is rendered alone from now on, and if it was, only on
 * computers with more. A job that no computer of the farm is large enough for says so and fails.
 */
function needsMore(
  state: FarmState,
  failed: FailedAttempt,
  { bytes, wasAlone }: WhatItHad,
  now: number,
  outcome: Outcome,
): void {
  const { job } = failed;
  // A GPU's memory does not grow with the computer's.
  if (wasAlone && failed.problem.code === 'capacity.gpu-memory')
    return blameMachine(state, failed, now, outcome);
  if (wasAlone) job.tooSmall = Math.max(job.tooSmall, bytes);
  else job.aloneUpTo = Math.max(job.aloneUpTo, bytes);
  outcome.job(job);
  const isLeft = [...state.workers.values()].some(
    (worker) => suits(state, worker, job) && worker.hello.memory > job.tooSmall,
  );
  if (!isLeft) failJob(state, job, failed.problem, now, outcome);
}

/** A worker is sick when it had problems of its own with this many jobs, one after the other, within an hour. */
const SICK_AFTER_JOBS = 3;
const BLAME_MS = 3_600_000;
/** After this long it is tried again. */
export const SICK_MS = 30 * 60_000;
export const AVOID_MS = 10 * 60_000;

/** Counts a problem of this worker with this job; when no suitable worker is left, the job says why and fails. */
export function blameMachine(
  state: FarmState,
  failed: Pick<FailedAttempt, 'job' | 'worker' | 'problem'>,
  now: number,
  outcome: Outcome,
): void {
  blameFor(state, failed, now, outcome);
  if (!othersAreLeft(state, failed.job, null)) failJob(state, failed.job, failed.problem, now, outcome);
}

/** Counts a problem of this worker with this job, and no more. */
export function blameFor(
  state: FarmState,
  failed: Pick<FailedAttempt, 'job' | 'worker' | 'problem'>,
  now: number,
  outcome: Outcome,
): void {
  const { job } = failed;
  const count = (job.machineProblems.get(failed.worker)?.count ?? 0) + 1;
  job.machineProblems.set(failed.worker, { count, at: now });
  const worker = state.workers.get(failed.worker);
  if (worker) blameWorker(state, worker, failed, now, outcome);
}

/** Whether a worker is here that suits the job, is not avoided by it, and is not this one. */
export function othersAreLeft(state: FarmState, job: JobEntry, but: string | null): boolean {
  return [...state.workers.values()].some(
    (other) => other.hello.id !== but && isAlive(other) && suits(state, other, job) && !isAvoided(other, job),
  );
}

function blameWorker(
  state: FarmState,
  worker: WorkerEntry,
  failed: Pick<FailedAttempt, 'job' | 'problem'>,
  now: number,
  outcome: Outcome,
): void {
  worker.blames.set(failed.job.id, now);
  for (const [job, at] of worker.blames) if (Math.abs(now - at) > BLAME_MS) worker.blames.delete(job);
  if (worker.blames.size < SICK_AFTER_JOBS || worker.sick) return;
  // The only one that is left goes on trying: a sick farm of one worker would stand still.
  const others = [...state.workers.values()].some((other) => other !== worker && takesWork(other));
  if (!others) return;
  worker.sick = { until: now + SICK_MS, problem: failed.problem };
  const next = move(workerStates, worker.state, 'sicken');
  if (next !== null) {
    worker.state = next;
    worker.since = now;
  }
  outcome.worker(worker);
  outcome.notice(noticeOfWorker(worker, failed.problem, now));
}
