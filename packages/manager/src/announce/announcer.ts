import type { FarmEvent } from '@akashganga/protocol';
import { type FarmState, type Outcome, showFrameServer, showJob, showWorker } from '../schedule/index.ts';
import { KeptEvents } from './kept-events.ts';

/** An event as it goes over the wire: `data` is its JSON, made once for however many readers. */
export interface Announcement {
  readonly id: string;
  readonly topic: FarmEvent['topic'];
  readonly data: string;
}

type Listener = (announcement: Announcement) => void;

/** Changes within this time become one event, so a thousand frames a second are ten events. */
const GATHER_MS = 100;
/** Frame changes in one event. */
const MOST_CHANGES = 5000;
/**
 * Jobs, and workers, shown anew at a time; the others follow, those that have waited longest first. So that
 * ten thousand workers that change every second are a thousand events a second, each worker every ten.
 */
const MOST_SHOWN = 100;
/** Events are still made for so long after the last reader has gone: it may be a connection that broke. */
const RETURN_MS = 60_000;

/**
 * Tells whoever watches what changed. Costs nothing while nobody watches or nothing changes. Event ids
 * hold the manager's boot: after a restart, and after more events than are kept, a reader gets `reset`.
 */
export class Announcer {
  readonly #state: FarmState;
  readonly #boot: string;
  readonly #now: () => number;
  readonly #listeners = new Set<Listener>();
  readonly #kept = new KeptEvents();
  #leftAt = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | null = null;
  // What changed, in the order in which it began to wait.
  readonly #jobs = new Set<string>();
  readonly #workers = new Set<string>();
  readonly #frameServers = new Set<string>();
  readonly #frames = new Map<
    string,
    Map<number, Extract<FarmEvent, { topic: 'frames' }>['changes'][number]>
  >();
  readonly #allFrames = new Set<string>();
  #removed: FarmEvent[] = [];

  constructor(state: FarmState, boot: string, now: () => number = Date.now) {
    this.#state = state;
    this.#boot = boot;
    this.#now = now;
  }

  take(outcome: Outcome): void {
    if (!this.#isWatched()) return this.#kept.skip();
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
    const at = this.#now();
    for (const job of outcome.removedJobs) this.#removed.push({ topic: 'job-deleted', at, job });
    for (const worker of outcome.removedWorkers) this.#removed.push({ topic: 'worker-removed', at, worker });
    this.#flushSoon();
  }

  /**
   * Calls `listener` with everything after `lastId` that is still kept and then with everything new.
   * Returns how to stop.
   */
  listen(lastId: string | null, listener: Listener): () => void {
    for (const announcement of this.#after(lastId)) listener(announcement);
    this.#listeners.add(listener);
    return () => {
      if (this.#listeners.delete(listener) && this.#listeners.size === 0) this.#leftAt = this.#now();
    };
  }

  #isWatched(): boolean {
    return this.#listeners.size > 0 || this.#now() - this.#leftAt < RETURN_MS;
  }

  #after(lastId: string | null): readonly Announcement[] {
    if (lastId === null) return [];
    const isOurs = lastId.startsWith(`${this.#boot}-`);
    const missed = isOurs ? this.#kept.after(Number(lastId.slice(this.#boot.length + 1))) : null;
    return missed ?? [announcementOf(this.#id(), { topic: 'reset', at: this.#now() })];
  }

  #flushSoon(): void {
    const { size: jobs } = this.#jobs;
    const others = this.#workers.size + this.#frameServers.size + this.#frames.size + this.#allFrames.size;
    if (jobs + others + this.#removed.length > 0) this.#timer ??= setTimeout(() => this.#flush(), GATHER_MS);
  }

  #flush(): void {
    this.#timer = null;
    for (const event of this.#events(this.#now())) {
      const announcement = this.#kept.add((number) => announcementOf(`${this.#boot}-${number}`, event));
      for (const listener of this.#listeners) listener(announcement);
    }
    this.#flushSoon();
  }

  *#events(at: number): Iterable<FarmEvent> {
    for (const job of takeAll(this.#allFrames)) yield { topic: 'all-frames', at, job };
    for (const [job, byFrame] of this.#frames) {
      this.#frames.delete(job);
      const changes = [...byFrame.values()];
      for (let from = 0; from < changes.length; from += MOST_CHANGES)
        yield { topic: 'frames', at, job, changes: changes.slice(from, from + MOST_CHANGES) };
    }
    for (const id of takeFirst(this.#jobs, MOST_SHOWN)) {
      const job = this.#state.jobs.get(id);
      if (job) yield { topic: 'job', at, job: showJob(this.#state, job, at) };
    }
    for (const id of takeFirst(this.#workers, MOST_SHOWN)) {
      const worker = this.#state.workers.get(id);
      if (worker) yield { topic: 'worker', at, worker: showWorker(this.#state, worker) };
    }
    for (const id of takeAll(this.#frameServers)) {
      const entry = this.#state.frameServers.get(id);
      if (entry) yield { topic: 'frame-server', at, frameServer: showFrameServer(entry) };
    }
    const removed = this.#removed;
    this.#removed = [];
    yield* removed;
  }

  #id(): string {
    return `${this.#boot}-${this.#kept.last}`;
  }

  close(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }
}

function announcementOf(id: string, event: FarmEvent): Announcement {
  return { id, topic: event.topic, data: JSON.stringify(event) };
}

function takeAll(waiting: Set<string>): string[] {
  return takeFirst(waiting, waiting.size);
}

/** Those that have waited longest; one that changed again meanwhile has kept its place. */
function takeFirst(waiting: Set<string>, most: number): string[] {
  const taken: string[] = [];
  for (const id of waiting) {
    if (taken.length >= most) break;
    waiting.delete(id);
    taken.push(id);
  }
  return taken;
}
