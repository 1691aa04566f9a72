import { FarmError, type GatherReport } from '@akashganga/protocol';
import { blameFor, othersAreLeft } from './failures.ts';
import type { FarmState, JobEntry, WorkerEntry } from './farm-state.ts';
import { releaseFrame } from './leases.ts';
import { noteOdd } from './odd-frames.ts';
import { isInSequence } from './order/is-ready.ts';
import type { Outcome } from './outcome.ts';

type FrameReport = Extract<GatherReport, { kind: 'frame' }>;

/** What took less than this share of what each of its neighbours took is not believed at once. */
const SHARE = 0.1;
/** And a second picture that took less than this share says that the frame is a quick one. */
const AGAIN = 0.3;
/** Below this, what a frame takes says more of the computer's mood than of the frame. Seconds. */
const LEAST_SECONDS = 1;
/** Neighbours that must be known, and frames by which a worker's own pace is. */
const LEAST_NEIGHBOURS = 2;
const LEAST_FRAMES = 4;

/**
 * A frame that came far too soon for this worker while its neighbours say otherwise is rendered a second time, by
 * another worker if one is free: true when it has gone back to the queue. Each frame is doubted once, and not when it
 * failed before, so this ends whatever comes.
 */
export function doubt(
  state: FarmState,
  job: JobEntry,
  index: number,
  report: FrameReport,
  now: number,
  outcome: Outcome,
): boolean {
  const { board } = job;
  const worker = state.workers.get(report.worker ?? '');
  if (!board || !worker || board.failures(index) > 0 || job.doubles.has(index)) return false;
  if (!['waiting', 'leased', 'rendering', 'delivering'].includes(board.state(index))) return false;
  const near = job.times.neighbours(index);
  const pace = paceOf(job, worker);
  if (near.length < LEAST_NEIGHBOURS || pace === null) return false;
  const usual = Math.min(...near) * pace;
  if (!isHasty(report, usual, SHARE)) return false;
  const { frame, digest, seconds, memory } = report;
  job.hasty.set(index, { worker: worker.hello.id, digest, usual: usual / pace });
  const words = { frame, worker: worker.hello.name, seconds: shortly(seconds), usual: shortly(usual) };
  const { code, says } = new FarmError('render.too-soon', words);
  const problem = { code, says };
  const attempt = { worker: worker.hello.id, at: now, seconds, memory, outcome: 'failed' as const, problem };
  outcome.fact({ kind: 'attempt', job: job.id, frame, attempt, log: '' });
  const failures = board.addFailure(index);
  outcome.fact({
    ...{ kind: 'frame', job: job.id, frame, state: 'waiting', failures, worker: worker.hello.id },
    ...{ digest: null, size: null, seconds, memory, at: now },
  });
  // What comes next takes the place of the picture that is kept already.
  job.replacing.add(frame);
  board.apply(index, 'return');
  releaseFrame(state, job, index, seconds ?? 0, outcome);
  outcome.frame(job, index, null);
  return true;
}

/**
 * The second picture of a doubted frame is here, and is kept. The same picture, or one that came as soon from another
 * worker, says that the first was good; else the first one's worker is blamed and the job's people are told.
 */
export function settleDoubt(
  state: FarmState,
  job: JobEntry,
  index: number,
  report: FrameReport,
  now: number,
  outcome: Outcome,
): void {
  const first = job.hasty.get(index);
  if (!first) return;
  job.hasty.delete(index);
  if (first.digest === report.digest) return;
  const isElsewhere = first.worker !== report.worker;
  const worker = state.workers.get(report.worker ?? '');
  const pace = (worker && paceOf(job, worker)) ?? 1;
  if (isElsewhere && isHasty(report, first.usual * pace, AGAIN)) return;
  noteOdd(job, report.frame, 'hasty', outcome);
  if (!isElsewhere) return;
  const name = state.workers.get(first.worker)?.hello.name ?? first.worker;
  const { code, says } = new FarmError('machine.hasty', { frame: report.frame, worker: name });
  const blamed = { job, worker: first.worker, problem: { code, says } };
  // No job ends for this: its pictures are there.
  if (othersAreLeft(state, job, first.worker)) blameFor(state, blamed, now, outcome);
}

/** The first waiting frames; one that this worker rendered too soon is left to others while there are more. */
export function waitingFor(job: JobEntry, worker: WorkerEntry, most: number): number[] {
  const { board, hasty } = job;
  const first = board?.firstWaiting(most) ?? [];
  const isOwn = (index: number) => hasty.get(index)?.worker === worker.hello.id;
  if (!board || !first.some(isOwn) || isInSequence(job)) return first;
  const others = board.firstWaiting(most + hasty.size).filter((index) => !isOwn(index));
  return others.length > 0 ? others.slice(0, most) : first;
}

function isHasty({ seconds }: FrameReport, usual: number, share: number): boolean {
  return seconds !== null && usual >= LEAST_SECONDS && seconds < usual * share;
}

/** How slow this worker is with this job; null when that is not known well enough. */
function paceOf(job: JobEntry, worker: WorkerEntry): number | null {
  const own = job.ownPaces.get(worker.hello.id);
  if (own && own.frames >= LEAST_FRAMES) return own.pace;
  return worker.paceFrames >= LEAST_FRAMES ? worker.pace : null;
}

/** Learns how slow this worker is with this very job, by what the neighbours of this frame took of anyone. */
export function learnOwnPace(job: JobEntry, index: number, worker: WorkerEntry, seconds: number): void {
  const near = job.times.neighbours(index);
  if (near.length === 0) return;
  const usual = near.reduce((sum, one) => sum + one, 0) / near.length;
  const ratio = Math.max(0.001, seconds) / usual;
  const own = job.ownPaces.get(worker.hello.id) ?? { frames: 0, pace: ratio };
  own.frames += 1;
  own.pace = own.pace ** 0.8 * ratio ** 0.2;
  job.ownPaces.set(worker.hello.id, own);
}

function shortly(seconds: number | null): string {
  return (seconds ?? 0).toPrecision(2);
}
