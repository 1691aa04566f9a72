import type { FollowedFrame, LogPart } from '@akashganga/protocol';

/** So long after somebody read it, a log is still asked for. */
const FOLLOWED_MS = 10_000;
/** Logs that are followed at a time, and characters that are kept of each: 8 MB in all. */
const MOST_LOGS = 32;
const KEPT_CHARACTERS = 128_000;

interface KeptLog {
  readonly worker: string;
  readonly lease: string;
  readonly frame: number;
  /** The number of the first line that is kept; those before are gone. */
  from: number;
  lines: string[];
  size: number;
  until: number;
}

/** A frame under way, and whose it is. */
export interface UnderWay {
  readonly worker: string;
  readonly lease: string;
  readonly frame: number;
}

/**
 * The logs of frames under way that somebody reads at this moment. A worker is asked for them in the answers to its
 * beats, and sends what is new with the next ones: so it needs no way to the worker, and costs nothing while nobody
 * looks. Only in memory; the whole log comes with the frame.
 */
export class LiveLogs {
  readonly #now: () => number;
  readonly #logs = new Map<string, KeptLog>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** The lines after the first `after`, as far as they are known; from now on the worker is asked for more. */
  read(frame: UnderWay, after: number): { from: number; lines: string[] } {
    const log = this.#follow(frame);
    const from = Math.max(after, log.from);
    return { from, lines: log.lines.slice(from - log.from) };
  }

  /** What this worker is to send with its next beat. */
  wantedOf(worker: string): FollowedFrame[] {
    this.#forgetOld();
    return [...this.#logs.values()]
      .filter((log) => log.worker === worker)
      .map(({ lease, frame, from, lines }) => ({ lease, frame, after: from + lines.length }));
  }

  /** Nobody follows anything. */
  get isEmpty(): boolean {
    return this.#logs.size === 0;
  }

  /** What a worker sent. Lines that are known, and logs nobody asked it for, are passed over. */
  take(worker: string, parts: readonly LogPart[]): void {
    for (const part of parts) {
      const log = this.#logs.get(keyOf(part));
      if (log?.worker === worker) add(log, part);
    }
  }

  #follow(frame: UnderWay): KeptLog {
    this.#forgetOld();
    const key = keyOf(frame);
    const log = this.#logs.get(key) ?? { ...frame, from: 0, lines: [], size: 0, until: 0 };
    log.until = this.#now() + FOLLOWED_MS;
    // The one that was read last stands last.
    this.#logs.delete(key);
    this.#logs.set(key, log);
    for (const first of this.#logs.keys()) {
      if (this.#logs.size <= MOST_LOGS) break;
      this.#logs.delete(first);
    }
    return log;
  }

  #forgetOld(): void {
    const now = this.#now();
    for (const [key, { until }] of this.#logs)
      if (now > until || until > now + FOLLOWED_MS) this.#logs.delete(key);
  }
}

function keyOf({ lease, frame }: { lease: string; frame: number }): string {
  return `${lease} ${frame}`;
}

function add(log: KeptLog, { from, lines }: LogPart): void {
  const next = log.from + log.lines.length;
  // The worker passed some over: those before them are of no use, since nobody could tell that some are missing.
  if (from > next) Object.assign(log, { from, lines: [], size: 0 });
  const fresh = lines.slice(Math.max(0, log.from + log.lines.length - from));
  for (const line of fresh) {
    log.lines.push(line);
    log.size += line.length + 1;
  }
  if (log.size > KEPT_CHARACTERS) shorten(log, KEPT_CHARACTERS / 2);
}

function shorten(log: KeptLog, most: number): void {
  let first = 0;
  for (; log.size > most && first < log.lines.length - 1; first += 1)
    log.size -= (log.lines[first]?.length ?? 0) + 1;
  log.lines = log.lines.slice(first);
  log.from += first;
}
