import type { FarmEvent } from '@akashganga/protocol';
import { type FarmState, type Outcome, showFrameServer, showJob, showWorker } from '../schedule/index.ts';

export interface Announcement {
  readonly id: string;
  readonly event: FarmEvent;
}

type Listener = (announcement: Announcement) => void;

/** Events kept for readers that come back. Each holds a picture of one job or worker, about 2 KB. */
const KEPT = 2000;
/** Changes within this time become one event, so a thousand frames a second are ten events. */
const GATHER_MS = 100;
/** Frame changes in one event. */
const MOST_CHANGES = 5000;

/**
 * Tells whoever watches what changed. Costs nothing while nobody watches and nothing changes. Event ids
 * hold the manager's boot: after a restart, and after more events than are kept, a reader gets `reset`.
 */
export class Announcer {
  readonly #state: FarmState;
  readonly #boot: string;
  readonly #listeners = new Set<Listener>();
  readonly #kept: Announcement[] = [];
  #sequence = 0;
  #timer: NodeJS.Timeout | null = null;
  #jobs = new Set<string>();
  #workers = new Set<string>();
  #frameServers = new Set<string>();
  #frames = new Map<string, Map<number, Extract<FarmEvent, { topic: 'frames' }>['changes'][number]>>();
  #allFrames = new Set<string>();
  #removed: FarmEvent[] = [];

  constructor(state: FarmState, boot: string) {
    this.#state = state;
    this.#boot = boot;
  }

  take(outcome: Outcome): void {
    for (const id of outcome.jobs) this.#jobs.add(id);
    for (const id of outcome.workers) this.#workers.add(id);
    for (const id of outcome.frameServers) this.#frameServers.add(id);
    for (const job of outcome.allFrames) {
      this.#allFrames.add(job);
      this.#frames.delete(job);
    }
    for (const { job, ...change } of outcome.frames) {
      const changes = this.#frames.get(job) ?? new Map();
      changes.set(change.frame, change);
      this.#frames.set(job, changes);
    }
    const at = Date.now();
    for (const job of outcome.removedJobs) this.#removed.push({ topic: 'job-deleted', at, job });
    for (const worker of outcome.removedWorkers) this.#removed.push({ topic: 'worker-removed', at, worker });
    if (this.#hasNews()) this.#timer ??= setTimeout(() => this.#flush(), GATHER_MS);
  }

  /**
   * Calls `listener` with everything after `lastId` that is still kept and then with everything new.
   * Returns how to stop.
   */
  listen(lastId: string | null, listener: Listener): () => void {
    for (const announcement of this.#after(lastId)) listener(announcement);
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #after(lastId: string | null): Announcement[] {
    if (lastId === null) return [];
    const sequence = Number(
      lastId.startsWith(`${this.#boot}-`) ? lastId.slice(this.#boot.length + 1) : Number.NaN,
    );
    const oldest = this.#sequence - this.#kept.length;
    if (!(sequence >= oldest && sequence <= this.#sequence))
      return [{ id: this.#id(), event: { topic: 'reset', at: Date.now() } }];
    return this.#kept.slice(this.#kept.length - (this.#sequence - sequence));
  }

  #hasNews(): boolean {
    return (
      this.#jobs.size +
        this.#workers.size +
        this.#frameServers.size +
        this.#frames.size +
        this.#removed.length >
      0
    );
  }

  #flush(): void {
    this.#timer = null;
    for (const event of this.#events(Date.now())) {
      this.#sequence += 1;
      const announcement = { id: this.#id(), event };
      this.#kept.push(announcement);
      if (this.#kept.length > KEPT) this.#kept.shift();
      for (const listener of this.#listeners) listener(announcement);
    }
  }

  *#events(at: number): Iterable<FarmEvent> {
    const [all, jobs, workers, servers, frames, removed] = [
      this.#allFrames,
      this.#jobs,
      this.#workers,
      this.#frameServers,
      this.#frames,
      this.#removed,
    ];
    this.#allFrames = new Set();
    this.#jobs = new Set();
    this.#workers = new Set();
    this.#frameServers = new Set();
    this.#frames = new Map();
    this.#removed = [];
    for (const job of all) yield { topic: 'all-frames', at, job };
    for (const [job, byFrame] of frames) {
      const changes = [...byFrame.values()];
      for (let from = 0; from < changes.length; from += MOST_CHANGES)
        yield { topic: 'frames', at, job, changes: changes.slice(from, from + MOST_CHANGES) };
    }
    for (const id of jobs) {
      const job = this.#state.jobs.get(id);
      if (job) yield { topic: 'job', at, job: showJob(this.#state, job, at) };
    }
    for (const id of workers) {
      const worker = this.#state.workers.get(id);
      if (worker) yield { topic: 'worker', at, worker: showWorker(this.#state, worker) };
    }
    for (const id of servers) {
      const entry = this.#state.frameServers.get(id);
      if (entry) yield { topic: 'frame-server', at, frameServer: showFrameServer(entry) };
    }
    yield* removed;
  }

  #id(): string {
    return `${this.#boot}-${this.#sequence}`;
  }

  close(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
