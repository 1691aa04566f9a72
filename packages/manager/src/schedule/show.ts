import { FarmError, type FrameServer, type Job, type Problem, type Worker } from '@akashganga/protocol';
import type { FarmState, FrameServerEntry, JobEntry, WorkerEntry } from './farm-state.ts';
import { headOf, showHead } from './job-head.ts';
import { hasTags, tagsOf } from './match.ts';
import { framesPerMinute, timeLeft } from './time-left.ts';
import { waitsFor } from './waits-for.ts';
import { blenderFor, versionsFor } from './which-blender.ts';

/** The job as people see it. */
export function showJob(state: FarmState, job: JobEntry, now: number): Job {
  const perMinute = framesPerMinute(job, now);
  const left = job.state === 'active' ? timeLeft(job, perMinute, now) : null;
  return {
    ...showHead(headOf(job)),
    framesPerMinute: perMinute,
    secondsLeft: left?.seconds ?? null,
    secondsLeftRange: left && { low: left.low, high: left.high },
    blender: job.probe?.blender ?? expectedBlender(state, job),
    waitsFor: waitsFor(state, job),
  };
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
  if (worker.state === 'lost') return lostProblem(worker);
  if (worker.sick) return worker.sick.problem;
  if (worker.problem) return worker.problem;
  if (worker.hello.blenders.length > 0 || versionsFor(state, worker).length > 0) return null;
  const { name, platform } = worker.hello;
  const { code, says } = new FarmError('machine.needs-build', { worker: name, platform });
  return { code, says };
}

function lostProblem({ hello: { name }, lostFrames = 0 }: WorkerEntry): Problem {
  const { code, says } = new FarmError('worker.lost', { worker: name, frames: lostFrames });
  return { code, says };
}

export function showFrameServer(entry: FrameServerEntry): FrameServer {
  const { boot: _, ...hello } = entry.hello;
  return { ...hello, host: entry.host, seenAt: entry.seenAt, reachable: entry.reachable };
}
