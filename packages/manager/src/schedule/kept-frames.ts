import { FarmError, type FrameSet, parseFrames, type WorkerUpdate } from '@akashganga/protocol';
import { answerAsk } from './answer-ask.ts';
import type { FarmState, JobEntry, WorkerEntry } from './farm-state.ts';
import { openLease } from './leases.ts';
import { isAlive } from './match.ts';
import type { Outcome } from './outcome.ts';

/** A worker that does not answer is asked so many times, one round after the other. */
const ROUNDS = 6;

/** All workers that are here have answered by then, if all is well. */
const WAIT_MS = 3000;

/** Asks all workers which frames of the job they still have, those that are not here as soon as they are. */
export function seek(state: FarmState, job: JobEntry, now: number, outcome: Outcome): void {
  job.soughtUntil = now + WAIT_MS;
  state.seeking.add(job);
  for (const id of state.workers.keys()) job.seeks.set(id, { asked: 0, isSaid: false });
  tellWorkers(state, outcome);
}

/** What a worker is asked for with this answer: jobs of which it has not said what it keeps. */
export function askForKept(state: FarmState, worker: WorkerEntry): string[] {
  const jobs: string[] = [];
  for (const job of state.seeking) {
    const seeking = job.seeks.get(worker.hello.id);
    if (!seeking || seeking.isSaid) continue;
    seeking.isSaid = true;
    seeking.asked += 1;
    jobs.push(job.id);
  }
  return jobs;
}

export function isToBeAsked(state: FarmState, worker: WorkerEntry): boolean {
  for (const job of state.seeking) if (job.seeks.get(worker.hello.id)?.isSaid === false) return true;
  return false;
}

/** Goes on with jobs whose workers had time enough to answer. To be called each second. */
export function seekNoLonger(state: FarmState, now: number, outcome: Outcome): void {
  for (const job of state.seeking) {
    const { soughtUntil } = job;
    if (soughtUntil === null) continue;
    const isOver = now >= soughtUntil || soughtUntil - now > WAIT_MS;
    if (isOver || !isAnswerDue(state, job)) renderTheRest(job, outcome);
  }
}

function isAnswerDue(state: FarmState, job: JobEntry): boolean {
  for (const id of job.seeks.keys()) {
    const worker = state.workers.get(id);
    if (worker && isAlive(worker)) return true;
  }
  return false;
}

function renderTheRest(job: JobEntry, outcome: Outcome): void {
  job.soughtUntil = null;
  outcome.jobs.add(job.id);
  outcome.heads.add(job.id);
}

/** Questions or answers that were lost are said again. To be called every few seconds. */
export function seekAgain(state: FarmState, outcome: Outcome): void {
  for (const job of state.seeking) {
    for (const [id, seeking] of job.seeks) {
      if (!state.workers.has(id) || seeking.asked >= ROUNDS) job.seeks.delete(id);
      else seeking.isSaid = false;
    }
    if (job.seeks.size === 0 || job.endedAt !== null) {
      job.seeks.clear();
      if (job.soughtUntil !== null) renderTheRest(job, outcome);
      state.seeking.delete(job);
    }
  }
  tellWorkers(state, outcome);
}

function tellWorkers(state: FarmState, outcome: Outcome): void {
  for (const id of [...state.asking.keys()]) {
    const worker = state.workers.get(id);
    if (worker && isToBeAsked(state, worker)) answerAsk(state, worker, [], outcome);
  }
}

/** A worker says what it keeps. Of that, what nobody has rendered or is rendering again becomes a lease of its own. */
export function keptFrames(
  state: FarmState,
  worker: WorkerEntry,
  update: Extract<WorkerUpdate, { kind: 'kept-frames' }>,
  now: number,
  outcome: Outcome,
): void {
  const job = state.jobs.get(update.job);
  if (!job?.seeks.delete(worker.hello.id)) return;
  leaseKept(state, job, worker, update.frames, now, outcome);
  if (job.soughtUntil !== null && !isAnswerDue(state, job)) renderTheRest(job, outcome);
}

function leaseKept(
  state: FarmState,
  job: JobEntry,
  worker: WorkerEntry,
  frames: string | null,
  now: number,
  outcome: Outcome,
): void {
  if (!job.board || job.endedAt !== null) return;
  const { board } = job;
  const indices: number[] = [];
  for (const frame of framesOrNone(frames ?? '')) {
    const index = board.indexOf(frame);
    // What was asked for again, or doubted, is to be rendered: this may be the picture that was not wanted.
    const isOld = job.replacing.has(frame) || job.rerendered.has(frame);
    if (index >= 0 && board.state(index) === 'waiting' && !isOld) indices.push(index);
  }
  if (indices.length === 0) return;
  const lease = openLease(state, job, worker, indices, { cost: 0, isKept: true }, now, outcome);
  answerAsk(state, worker, [lease.id], outcome);
}

/** A worker sends its updates until they are taken, so one that makes no sense must not stop those behind it. */
export function framesOrNone(spec: string): FrameSet {
  try {
    return parseFrames(spec);
  } catch (error) {
    if (error instanceof FarmError) return new Int32Array();
    throw error;
  }
}
