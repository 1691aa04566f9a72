import { FarmError, type FrameServer, type Job, type Problem, type Worker } from '@akashganga/protocol';
import {
  type FarmState,
  type FrameServerEntry,
  type JobEntry,
  noFrames,
  RATE_WINDOW,
  type WorkerEntry,
} from './farm-state.ts';
import { headOf, showHead } from './job-head.ts';
import { hasTags } from './match.ts';
import { blenderFor, versionsFor } from './which-blender.ts';

/** The job as people see it. */
export function showJob(state: FarmState, job: JobEntry, now: number): Job {
  const frames = job.board?.counts() ?? noFrames();
  const perMinute = framesPerMinute(job, now);
  const left = frames.total - frames.done - frames.failed - frames.canceled;
  return {
    ...showHead(headOf(job)),
    framesPerMinute: perMinute,
    secondsLeft: perMinute && job.state === 'active' ? (left / perMinute) * 60 : null,
    blender: job.probe?.blender ?? expectedBlender(state, job),
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
  const tagged = alive.filter((worker) => hasTags(worker, job));
  if (tagged.length === 0) return `a worker with the tags ${job.tags.join(', ')}`;
  if (!tagged.some((worker) => blenderFor(state, worker, job) !== null)) return blenderNeeded(job, tagged);
  return 'a free slot';
}

function blenderNeeded(job: JobEntry, workers: readonly WorkerEntry[]): string {
  const platforms = [...new Set(workers.map((worker) => worker.hello.platform))].slice(0, 5).join(', ');
  const version = job.scene.blender === '' ? '' : ` ${job.scene.blender}`;
  return `a Blender${version}: no worker has one that fits, and the farm hands out none for ${platforms}. \`akashganga blender add\` gives it one`;
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
    state: worker.state,
    slotReports: worker.slotReports,
    since: worker.since,
    seenAt: worker.seenAt,
    framesDone: worker.framesDone,
    problem: problemOf(state, worker),
  };
}

function problemOf(state: FarmState, worker: WorkerEntry): Problem | null {
  if (worker.hello.blenders.length > 0 || versionsFor(state, worker).length > 0) return null;
  const { name, platform } = worker.hello;
  const { code, says } = new FarmError('machine.needs-build', { worker: name, platform });
  return { code, says };
}

export function showFrameServer(entry: FrameServerEntry): FrameServer {
  const { boot: _, ...hello } = entry.hello;
  return { ...hello, host: entry.host, seenAt: entry.seenAt, reachable: entry.reachable };
}
