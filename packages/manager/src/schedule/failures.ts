import { isProblemCode, type Problem, problemClass } from '@akashganga/protocol';
import type { FarmState, JobEntry, LeaseEntry } from './farm-state.ts';
import { failJob } from './job-life.ts';
import { closeLease, dropFromLease, narrowLease, releaseFrame } from './leases.ts';
import { isAlive, isAvoided, suits } from './match.ts';
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
  const isFinal = mendedBy === 'scene' || failures >= (failed.outcome === 'lost' ? LOSSES : ATTEMPTS);
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
  });
  if (mendedBy === 'scene') failJob(state, job, problem, now, outcome);
  if (mendedBy === 'machine') blameMachine(state, failed, now, outcome);
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

/** Counts a problem of this worker with this job; when no suitable worker is left, the job says why and fails. */
export function blameMachine(
  state: FarmState,
  failed: Pick<FailedAttempt, 'job' | 'worker' | 'problem'>,
  now: number,
  outcome: Outcome,
): void {
  const { job } = failed;
  job.machineProblems.set(failed.worker, (job.machineProblems.get(failed.worker) ?? 0) + 1);
  const left = [...state.workers.values()].some(
    (worker) => isAlive(worker) && suits(state, worker, job) && !isAvoided(worker, job),
  );
  if (!left) failJob(state, job, failed.problem, now, outcome);
}
