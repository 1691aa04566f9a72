import type { FarmEvent, FrameServer, FrameState, Job, Worker } from '@akashganga/protocol';

/**
 * Events gathered between two renders. An event carries the whole thing as it is now, so only the last one
 * of each thing is kept: a thousand events a second cost one render and no more memory than the farm is large.
 */
export interface Changes {
  /** null: deleted */
  readonly jobs: Map<string, Job | null>;
  readonly workers: Map<string, Worker | null>;
  readonly frameServers: Map<string, FrameServer>;
  /** By job, then by frame number; the latest change of a job stands last. */
  readonly frames: Map<string, Map<number, FrameState>>;
  /** Jobs whose frames are all to be read again, before `frames` counts. */
  readonly allFrames: Set<string>;
}

export function noChanges(): Changes {
  return {
    jobs: new Map(),
    workers: new Map(),
    frameServers: new Map(),
    frames: new Map(),
    allFrames: new Set(),
  };
}

export function isEmpty(changes: Changes): boolean {
  const { jobs, workers, frameServers, frames, allFrames } = changes;
  return jobs.size + workers.size + frameServers.size + frames.size + allFrames.size === 0;
}

/** Adds an event. `reset` is not a change but an order to read everything again, and is left to the caller. */
export function gather(changes: Changes, event: FarmEvent): void {
  switch (event.topic) {
    case 'job':
      changes.jobs.set(event.job.id, event.job);
      return;
    case 'job-deleted':
      changes.jobs.set(event.job, null);
      changes.frames.delete(event.job);
      changes.allFrames.delete(event.job);
      return;
    case 'worker':
      changes.workers.set(event.worker.id, event.worker);
      return;
    case 'worker-removed':
      changes.workers.set(event.worker, null);
      return;
    case 'frame-server':
      changes.frameServers.set(event.frameServer.id, event.frameServer);
      return;
    case 'frames': {
      const frames = changes.frames.get(event.job) ?? new Map<number, FrameState>();
      for (const { frame, state } of event.changes) {
        frames.delete(frame);
        frames.set(frame, state);
      }
      changes.frames.set(event.job, frames);
      return;
    }
    case 'all-frames':
      changes.frames.delete(event.job);
      changes.allFrames.add(event.job);
      return;
    case 'reset':
      return;
  }
}

/** Adds what was gathered to what was gathered before. Frames are left out: whoever keeps a job's frames hears of them. */
export function gatherAll(changes: Changes, later: Changes): void {
  for (const [id, job] of later.jobs) changes.jobs.set(id, job);
  for (const [id, worker] of later.workers) changes.workers.set(id, worker);
  for (const [id, server] of later.frameServers) changes.frameServers.set(id, server);
}
