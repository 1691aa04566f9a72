import { FarmError, type FrameServer, type Job, type Problem, type Worker } from '@akashganga/protocol';
import {
  type FarmState,
  type FrameServerEntry,
  type JobEntry,
  RATE_WINDOW,
  type WorkerEntry,
} from './farm-state.ts';
import { headOf, showHead } from './job-head.ts';
import { hasTags, tagsOf } from './match.ts';
import { waitsFor } from './waits-for.ts';
import { blenderFor, versionsFor } from './which-blender.ts';

/** The job as people see it. */
export function showJob(state: FarmState, job: JobEntry, now: number): Job {
  const perMinute = framesPerMinute(job, now);
  const left = job.state === 'active' ? timeLeft(job, perMinute) : null;
  return {
    ...showHead(headOf(job)),
    framesPerMinute: perMinute,
    secondsLeft: left?.seconds ?? null,
    secondsLeftRange: left && { low: left.seconds * (1 - left.error), high: left.seconds * (1 + left.error) },
    blender: job.probe?.blender ?? expectedBlender(state, job),
    waitsFor: waitsFor(state, job),
  };
}

/** What its frames are expected to need, at the pace at which slots got through such work lately. */
function timeLeft(job: JobEntry, perMinute: number | null): { seconds: number; error: number } | null {
  const work = job.board ? job.times.left(job.board) : null;
  if (!work || perMinute === null || perMinute === 0) return null;
  const mean = job.doneSeconds.reduce((sum, seconds) => sum + seconds, 0) / job.doneSeconds.length;
  const slots = (perMinute / 60) * mean;
  if (!(slots > 0)) return null;
  return { seconds: work.seconds / slots, error: work.error };
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

// Only until the probe has told: it looks at the workers, and a job is shown many times.
function expectedBlender(state: FarmState, job: JobEntry): string | null {
  if (job.endedAt !== null) return null;
  for (const worker of state.workers.values()) {
    if (worker.state === 'lost' || !hasTags(worker, job)) continue;
    const chosen = blenderFor(state, worker, job);
    if (chosen) return chosen.version;
  }
  return null;
}

export function showWorker(state: FarmState, worker: WorkerEntry): Worker {
  const { boot: _, ...hello } = worker.hello;
  return {
    ...hello,
    tags: [...tagsOf(worker)],
    settings: worker.settings,
    pace: worker.pace,
    state: worker.state,
    slotReports: worker.slotReports,
    since: worker.since,
    seenAt: worker.seenAt,
    framesDone: worker.framesDone,
    problem: problemOf(state, worker),
  };
}

function problemOf(state: FarmState, worker: WorkerEntry): Problem | null {
  if (worker.sick) return worker.sick.problem;
  if (worker.problem) return worker.problem;
  if (worker.hello.blenders.length > 0 || versionsFor(state, worker).length > 0) return null;
  const { name, platform } = worker.hello;
  const { code, says } = new FarmError('machine.needs-build', { worker: name, platform });
  return { code, says };
}

export function showFrameServer(entry: FrameServerEntry): FrameServer {
  const { boot: _, ...hello } = entry.hello;
  return { ...hello, host: entry.host, seenAt: entry.seenAt, reachable: entry.reachable };
}
