import type { Job, Worker } from '@akashganga/protocol';
import { count } from '../words/amount.ts';
import { isAtWork } from '../workers/worker-words.ts';

/** The farm in one line. */
export function headline(jobs: readonly Job[], workers: readonly Worker[]): string {
  const rendering = jobs.filter((job) => job.state === 'active' && inHands(job) > 0);
  const waiting = jobs.filter(
    (job) => job.state === 'queued' || (job.state === 'active' && inHands(job) === 0),
  );
  if (rendering.length === 1) return `Rendering ${rendering[0]?.name ?? 'a job'}`;
  if (rendering.length > 1) return `Rendering ${count(rendering.length, 'job')}`;
  const present = workers.filter((worker) => worker.state !== 'lost');
  if (waiting.length > 0 && present.length === 0)
    return `${count(waiting.length, 'job')} waiting for a worker`;
  if (waiting.length > 0) return `${count(waiting.length, 'job')} about to start`;
  if (jobs.length === 0) return 'Ready for the first job';
  return 'All is quiet';
}

function inHands({ frames }: Job): number {
  return frames.leased + frames.rendering + frames.delivering;
}

export interface FarmFigures {
  readonly framesPerMinute: number;
  readonly busySlots: number;
  readonly slots: number;
  readonly framesDone: number;
  readonly framesWanted: number;
  /** Until the last job that renders is done; null when no job says. */
  readonly secondsLeft: number | null;
}

/** Sums over what is under way. */
export function figures(jobs: readonly Job[], workers: readonly Worker[]): FarmFigures {
  const active = jobs.filter((job) => job.state === 'active');
  const left = active.flatMap((job) => (job.secondsLeft === null ? [] : [job.secondsLeft]));
  const present = workers.filter((worker) => worker.state !== 'lost');
  return {
    framesPerMinute: active.reduce((sum, job) => sum + (job.framesPerMinute ?? 0), 0),
    busySlots: present.flatMap((worker) => worker.slotReports).filter((slot) => slot.state !== 'idle').length,
    slots: present.filter(isAtWork).reduce((sum, worker) => sum + worker.slots, 0),
    framesDone: active.reduce((sum, job) => sum + job.frames.done, 0),
    framesWanted: active.reduce((sum, job) => sum + job.frames.total, 0),
    secondsLeft: left.length === 0 ? null : Math.max(...left),
  };
}
