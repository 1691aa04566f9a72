import type { FrameServer, Job, Worker } from '@akashganga/protocol';
import {
  type FarmState,
  type FrameServerEntry,
  type JobEntry,
  noFrames,
  RATE_WINDOW,
  type WorkerEntry,
} from './farm-state.ts';
import { headOf, showHead } from './job-head.ts';

/** The job as people see it. */
export function showJob(state: FarmState, job: JobEntry, now: number): Job {
  const frames = job.board?.counts() ?? noFrames();
  const perMinute = framesPerMinute(job, now);
  const left = frames.total - frames.done - frames.failed - frames.canceled;
  return {
    ...showHead(headOf(job)),
    framesPerMinute: perMinute,
    secondsLeft: perMinute && job.state === 'active' ? (left / perMinute) * 60 : null,
    waitsFor: waitsFor(state, job),
  };
}

// Over the latest done frames and the time since: a farm that stands still is seen to slow down.
function framesPerMinute(job: JobEntry, now: number): number | null {
  if (job.endedAt !== null && job.startedAt !== null) {
    const minutes = (job.endedAt - job.startedAt) / 60_000;
    return minutes > 0 ? (job.board?.count('done') ?? 0) / minutes : null;
  }
  const { doneTimes, rateSince } = job;
  const first = doneTimes[0];
  const last = doneTimes.at(-1);
  if (first === undefined || last === undefined || rateSince === null) return null;
  // Until the window is full the time since the first lease counts, so that two frames that come
  // together at the start are not taken for the usual pace.
  const isFull = doneTimes.length === RATE_WINDOW;
  const frames = isFull ? doneTimes.length - 1 : doneTimes.length;
  const span = last - (isFull ? first : rateSince);
  // A wait longer than twice the usual gap counts; a shorter one is only the current frame.
  const waited = now - last > (2 * span) / frames ? now - last : 0;
  return frames / (Math.max(1, span + waited) / 60_000);
}

function waitsFor(state: FarmState, job: JobEntry): string | null {
  if (job.state !== 'queued' && job.state !== 'active') return null;
  if (job.film.state === 'waiting') return 'the frame server to make the film';
  if (job.leases.size > 0 || job.film.state === 'encoding') return null;
  if (job.frameServer === null) return 'a frame server to join the farm';
  const alive = [...state.workers.values()].filter((worker) => worker.state !== 'lost');
  if (alive.length === 0) return 'a worker to join the farm';
  if (!alive.some((worker) => job.tags.every((tag) => worker.hello.tags.includes(tag))))
    return `a worker with the tags ${job.tags.join(', ')}`;
  return 'a free slot';
}

export function showWorker(worker: WorkerEntry): Worker {
  const { boot: _, ...hello } = worker.hello;
  return {
    ...hello,
    state: worker.state,
    slotReports: worker.slotReports,
    since: worker.since,
    seenAt: worker.seenAt,
    framesDone: worker.framesDone,
    problem: null,
  };
}

export function showFrameServer(entry: FrameServerEntry): FrameServer {
  const { boot: _, ...hello } = entry.hello;
  return { ...hello, host: entry.host, seenAt: entry.seenAt, reachable: entry.reachable };
}
