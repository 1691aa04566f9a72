import { answerAsk } from './answer-ask.ts';
import type { FarmState, JobEntry, LeaseEntry, WorkerEntry } from './farm-state.ts';
import { openLease } from './leases.ts';
import { mayTake, takesWork } from './match.ts';
import { expectedSeconds } from './order/expected.ts';
import type { Outcome } from './outcome.ts';

/** Of a job's leases and frames, how many are looked at for one idle slot: the oldest. */
const LOOKED_AT = 64;
/** Jobs looked at for one idle slot. */
const JOBS_LOOKED_AT = 16;
/** Taking frames back is worth the talk from this much rendering on. */
const LEAST_GAIN_SECONDS = 1;
/** A frame is rendered a second time when that is expected to be sooner by this factor. */
const LEAST_GAIN = 1.2;
/** What opening a scene costs a slot, when it is not the one the worker had last. */
const OPENING_SECONDS = 3;
/** Frames asked back and neither given back nor begun by then are left where they are. */
export const RECALL_MS = 5_000;

/**
 * What a slot can do that found nothing waiting: have frames that nobody has begun taken back from long leases
 * elsewhere, or render a last frame a second time. True when it was given a lease.
 */
export function helpTail(state: FarmState, worker: WorkerEntry, now: number, outcome: Outcome): boolean {
  const kind = state.index.workers.of(worker.hello.id);
  if (!kind) return false;
  let looked = 0;
  for (const job of state.index.tails(kind)) {
    if (looked >= JOBS_LOOKED_AT) return false;
    looked += 1;
    if (!mayTake(state, worker, job)) continue;
    if (recall(state, job, worker, now, outcome)) return false;
    const double = doubleFor(state, job, worker, now, outcome);
    if (!double) continue;
    answerAsk(state, worker, [double.id], outcome);
    return true;
  }
  return false;
}

// ── taking back ────────────────────────────────────────────────────────────────────────────────────

/**
 * Asks a holder for half of what it has not begun. Nothing is taken from it: the frames wait again when it has
 * given them back, and one that it began meanwhile stays with it, so no answer that is lost makes a frame two.
 */
function recall(
  state: FarmState,
  job: JobEntry,
  worker: WorkerEntry,
  now: number,
  outcome: Outcome,
): boolean {
  if (job.board?.count('leased') === 0) return false;
  let idle = 0;
  for (const kind of state.index.kindsFor(job)) idle += kind.idle.size;
  if (job.recalls.size > idle) return true;
  const found = longestLease(state, job, worker);
  if (!found) return false;
  askBack(state, job, found.lease, found.unbegun.slice(-Math.ceil(found.unbegun.length / 2)), now, outcome);
  return true;
}

function longestLease(
  state: FarmState,
  job: JobEntry,
  thief: WorkerEntry,
): { lease: LeaseEntry; unbegun: number[] } | null {
  let best: { lease: LeaseEntry; unbegun: number[] } | null = null;
  let looked = 0;
  for (const id of job.unbegun) {
    const lease = state.leases.get(id);
    const unbegun = lease ? unbegunOf(job, lease) : [];
    if (!lease || unbegun.length === 0) {
      job.unbegun.delete(id);
      continue;
    }
    looked += 1;
    if (looked > LOOKED_AT) break;
    if (lease.wanted.size > 0 || lease.worker === thief.hello.id || !isWorthIt(state, job, lease, unbegun))
      continue;
    if (!best || unbegun.length > best.unbegun.length) best = { lease, unbegun };
  }
  return best;
}

// In a moment its holder will have begun the frames itself.
function isWorthIt(state: FarmState, job: JobEntry, lease: LeaseEntry, unbegun: readonly number[]): boolean {
  const holder = state.workers.get(lease.worker);
  const each = expectedSeconds(job, holder);
  if (each === null || !holder) return true;
  return (unbegun.length * each) / holder.hello.slots >= LEAST_GAIN_SECONDS;
}

/** The frames of a lease that no slot has begun, ascending. */
function unbegunOf(job: JobEntry, lease: LeaseEntry): number[] {
  if (lease.kind !== 'render' || lease.isDouble || lease.isKept) return [];
  const frames = [...lease.open].filter((frame) => job.board?.state(job.board.indexOf(frame)) === 'leased');
  return frames.sort((a, b) => a - b);
}

function askBack(
  state: FarmState,
  job: JobEntry,
  lease: LeaseEntry,
  frames: readonly number[],
  now: number,
  outcome: Outcome,
): void {
  for (const frame of frames) lease.wanted.add(frame);
  lease.wantedAt = now;
  lease.isWantedSaid = false;
  job.recalls.add(lease.id);
  state.recalls.add(lease.id);
  const holder = state.workers.get(lease.worker);
  if (holder) answerAsk(state, holder, [], outcome);
}

/** A worker that takes nothing now is asked for all it has not begun. */
export function askBackAll(state: FarmState, worker: WorkerEntry, now: number, outcome: Outcome): void {
  for (const id of worker.leases) {
    const lease = state.leases.get(id);
    const job = state.jobs.get(lease?.job ?? '');
    const unbegun = lease && job ? unbegunOf(job, lease) : [];
    if (lease && job && unbegun.length > 0) askBack(state, job, lease, unbegun, now, outcome);
  }
}

/** Leaves where they are what was asked back and never came: the question or the answer was lost. */
export function forgetRecalls(state: FarmState, now: number): void {
  for (const id of state.recalls) {
    const lease = state.leases.get(id);
    if (lease && Math.abs(now - lease.wantedAt) < RECALL_MS) continue;
    lease?.wanted.clear();
    state.recalls.delete(id);
    if (lease) state.jobs.get(lease.job)?.recalls.delete(id);
  }
}

// ── doubles ────────────────────────────────────────────────────────────────────────────────────────

function doubleFor(
  state: FarmState,
  job: JobEntry,
  worker: WorkerEntry,
  now: number,
  outcome: Outcome,
): LeaseEntry | null {
  const mine = expectedSeconds(job, worker);
  if (mine === null || job.slowMotion) return null;
  const opening = worker.lastJob === job.id ? 0 : OPENING_SECONDS;
  const [index] = slowestFrame(state, job, worker, now, mine * LEAST_GAIN + opening + LEAST_GAIN_SECONDS);
  if (index === undefined) return null;
  return openLease(state, job, worker, [index], { cost: mine, isDouble: true }, now, outcome);
}

/** The index of the frame under way that is expected to take longest still, if that is more than `seconds`. */
function slowestFrame(
  state: FarmState,
  job: JobEntry,
  worker: WorkerEntry,
  now: number,
  seconds: number,
): number[] {
  let slowest: number[] = [];
  let most = seconds;
  let looked = 0;
  for (const [index, since] of job.begun) {
    looked += 1;
    if (looked > LOOKED_AT) break;
    const lease = state.leases.get(job.holders.get(index) ?? '');
    const holder = state.workers.get(lease?.worker ?? '');
    const frame = job.board?.numbers[index] ?? 0;
    if (!lease || !holder || holder === worker || job.doubles.has(index)) continue;
    // What takes the place of a kept picture must be the one that is counted.
    if (job.board?.state(index) !== 'rendering' || job.replacing.has(frame)) continue;
    const left = secondsLeft(job, holder, lease, frame, (now - since) / 1000);
    if (left <= most) continue;
    slowest = [index];
    most = left;
  }
  return slowest;
}

/** What Blender says of its progress counts first; a frame that is overdue is taken to need half as long again. */
function secondsLeft(
  job: JobEntry,
  holder: WorkerEntry,
  lease: LeaseEntry,
  frame: number,
  elapsed: number,
): number {
  const report = holder.slotReports.find((slot) => slot.lease === lease.id && slot.frame === frame);
  const fraction = report?.fraction ?? 0;
  if (fraction > 0.1) return (elapsed * (1 - fraction)) / fraction;
  return Math.max((expectedSeconds(job, holder) ?? 0) - elapsed, elapsed / 2);
}

/** Tries the idle slots with the tails again: what was not worth it may have become so. The fastest go first. */
export function helpTails(state: FarmState, now: number, outcome: Outcome): void {
  for (const kind of state.index.workers.all.values()) {
    let at = 0;
    for (let tried = 0; tried < LOOKED_AT; tried += 1) {
      const open = kind.idle.at(at);
      const worker = open && state.workers.get(open.worker);
      if (!open || !worker || !takesWork(worker)) break;
      if (!helpTail(state, worker, now, outcome)) at += 1;
    }
  }
}
