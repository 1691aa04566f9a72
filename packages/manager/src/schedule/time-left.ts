import type { JobEntry } from './farm-state.ts';

/** Seconds, as expected and between what they probably lie. */
export interface TimeLeft {
  readonly seconds: number;
  readonly low: number;
  readonly high: number;
}

/** How unsure the pace is while most slots have not rendered a frame yet: the fast ones end first. */
const UNSURE_PACE = { low: 0.3, high: 1.5 };

/**
 * What the job's frames are expected to need, at the pace at which slots got through such work lately; null while
 * nothing is known. The range is meant to hold the true end nine times of ten.
 */
export function timeLeft(job: JobEntry, perMinute: number | null, now: number): TimeLeft | null {
  const work = job.board ? job.times.left(job.board) : null;
  if (!work || !job.board || perMinute === null || perMinute === 0) return null;
  const mean = job.doneSeconds.reduce((sum, seconds) => sum + seconds, 0) / job.doneSeconds.length;
  const atWork = job.board.count('rendering');
  const isEarly = job.doneSeconds.length < 2 * atWork;
  // Frames that slots are at in their first round count for nothing in the pace yet.
  const slots = isEarly ? Math.max(atWork, (perMinute / 60) * mean) : (perMinute / 60) * mean;
  if (!(slots > 0)) return null;
  // When fewer frames are left than slots, it is over with the last of those that are under way.
  const { frames } = work;
  const each = frames === 0 ? 0 : work.seconds / frames;
  // One that takes longer than any before is taken to need half as long again as it has had.
  const overdue = oldest(job, now);
  const last = Math.max((each * frames) / (frames + 1), overdue > work.longest ? overdue / 2 : 0);
  const seconds = Math.max(work.seconds / slots, last);
  const { low, high } = isEarly ? UNSURE_PACE : { low: 0, high: 0 };
  return {
    seconds,
    low: Math.max(0, seconds * (1 - Math.min(0.9, work.low + low)) - each / 2),
    // The longest of all may come last, as far as one knows.
    high: seconds * (1 + work.high + high) + Math.max(each, work.longest, overdue),
  };
}

// Seconds that the frame has had that was begun first of those under way.
function oldest(job: JobEntry, now: number): number {
  for (const [index, since] of job.begun)
    if (job.board?.state(index) === 'rendering') return Math.max(0, now - since) / 1000;
  return 0;
}

/** Over the latest done frames and the time since: a farm that stands still is seen to slow down. Null while nobody knows. */
export function framesPerMinute(job: JobEntry, now: number): number | null {
  if (job.endedAt !== null && job.startedAt !== null) {
    const minutes = (job.endedAt - job.startedAt) / 60_000;
    return minutes > 0 ? (job.board?.count('done') ?? 0) / minutes : null;
  }
  const { doneTimes, rateSince } = job;
  const last = doneTimes.at(-1);
  if (last === undefined || rateSince === null) return null;
  // From the first lease on, so that two frames that come together at the start are not taken for the usual pace.
  const frames = doneTimes.length;
  const span = last - rateSince;
  // A wait longer than twice the usual gap counts; a shorter one is only the current frame.
  const waited = now - last > (2 * span) / frames ? now - last : 0;
  return frames / (Math.max(1, span + waited) / 60_000);
}
