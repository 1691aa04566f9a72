import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Lease } from '@akashganga/protocol';
import { type FrameOutbox, ofLease, Parcel, type StoredParcel } from './frame-outbox.ts';

/** Frames are kept at most so long after they were delivered. Milliseconds. */
const LONGEST = 24 * 60 * 60_000;

interface Kept {
  readonly folder: string;
  readonly job: string;
  readonly frame: number;
  readonly lease: string;
  readonly bytes: number;
  readonly since: number;
}

export interface KeptFramesOptions {
  readonly folder: string;
  readonly outbox: FrameOutbox;
  /** Bytes of all of them at most. */
  readonly limit: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * Frames that were delivered, kept for a while: should their frame server be gone for good, they need not be rendered
 * again. The oldest go when there are too many bytes of them, and all when the disk is full.
 */
export class KeptFrames {
  readonly #options: KeptFramesOptions;
  /** The oldest first. */
  readonly #kept = new Map<string, Kept>();
  #bytes = 0;
  #working: Promise<unknown> = Promise.resolve();

  constructor(options: KeptFramesOptions) {
    this.#options = options;
  }

  /** Finds what an earlier process kept. */
  load(): Promise<void> {
    return this.#inTurn(async () => {
      const { folder, now } = this.#options;
      await mkdir(folder, { recursive: true });
      const found: Kept[] = [];
      for (const name of await readdir(folder)) {
        const path = join(folder, name);
        const parcel = await readKept(path);
        if (parcel) found.push({ ...describe(parcel), folder: path, since: parcel.keptAt ?? now() });
        else await rm(path, { recursive: true, force: true });
      }
      for (const kept of found.sort((a, b) => a.since - b.since)) {
        const before = this.#kept.get(keyOf(kept.job, kept.frame));
        if (before) await this.#drop(before);
        this.#add(kept);
      }
      await this.#sweep();
    });
  }

  /** Takes a delivered parcel over from the outbox. */
  keep(stored: StoredParcel): Promise<void> {
    return this.#inTurn(async () => {
      const { folder, limit, now } = this.#options;
      const since = now();
      const described = describe(stored.parcel);
      if (described.bytes > limit) return rm(stored.folder, { recursive: true, force: true });
      // Its log has been delivered, and is most of what would have to be read at the next start.
      await writeParcel(stored.folder, { ...stored.parcel, log: '', keptAt: since });
      const before = this.#kept.get(keyOf(described.job, described.frame));
      if (before) await this.#drop(before);
      const path = join(folder, basename(stored.folder));
      await rename(stored.folder, path);
      this.#add({ ...described, folder: path, since });
      await this.#sweep();
    });
  }

  /** Frames of a job that are here, ascending. */
  list(job: string): number[] {
    const frames = [...this.#kept.values()].filter((kept) => kept.job === job).map(({ frame }) => frame);
    return frames.sort((a, b) => a - b);
  }

  /** The `most` that were delivered last. */
  latest(most: number): { job: string; frame: number; lease: string }[] {
    return [...this.#kept.values()].slice(-most).map(({ job, frame, lease }) => ({ job, frame, lease }));
  }

  /** Puts a kept frame back into the outbox, as one of this lease; null when it is not here any more. */
  async giveTo(lease: Lease, frame: number): Promise<StoredParcel | null> {
    return this.#inTurn(async () => {
      const kept = this.#kept.get(keyOf(lease.job, frame));
      if (!kept) return null;
      this.#forget(kept);
      const parcel = await readKept(kept.folder);
      if (!parcel) return null;
      const { keptAt: _, ...before } = parcel;
      const after = ofLease(before, lease);
      await writeParcel(kept.folder, after);
      return this.#options.outbox.adopt(kept.folder, after);
    });
  }

  /** Gives all of it up. */
  clear(): Promise<void> {
    return this.#inTurn(async () => {
      for (const kept of [...this.#kept.values()]) await this.#drop(kept);
    });
  }

  #add(kept: Kept): void {
    this.#kept.set(keyOf(kept.job, kept.frame), kept);
    this.#bytes += kept.bytes;
  }

  async #sweep(): Promise<void> {
    const { limit, now } = this.#options;
    for (const kept of this.#kept.values()) {
      if (this.#bytes <= limit && Math.abs(now() - kept.since) < LONGEST) return;
      await this.#drop(kept);
    }
  }

  async #drop(kept: Kept): Promise<void> {
    this.#forget(kept);
    await rm(kept.folder, { recursive: true, force: true });
  }

  #forget(kept: Kept): void {
    if (this.#kept.delete(keyOf(kept.job, kept.frame))) this.#bytes -= kept.bytes;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#working.then(work);
    this.#working = result.catch(() => undefined);
    return result;
  }
}

type KeptParcel = Parcel & { readonly keptAt?: number };

function keyOf(job: string, frame: number): string {
  return `${job} ${frame}`;
}

function describe(parcel: Parcel): Pick<Kept, 'job' | 'frame' | 'lease' | 'bytes'> {
  const { job, frame, lease, size, extras } = parcel;
  return { job, frame, lease, bytes: size + extras.reduce((sum, extra) => sum + extra.size, 0) };
}

async function readKept(folder: string): Promise<KeptParcel | null> {
  try {
    const text: unknown = JSON.parse(await readFile(join(folder, 'parcel.json'), 'utf8'));
    const keptAt = (text as { keptAt?: unknown }).keptAt;
    return { ...Parcel.parse(text), ...(typeof keptAt === 'number' ? { keptAt } : {}) };
  } catch {
    return null;
  }
}

// Beside and then renamed: a torn list would lose the frame.
async function writeParcel(folder: string, parcel: KeptParcel): Promise<void> {
  const path = join(folder, 'parcel.json');
  await writeFile(`${path}.new`, JSON.stringify(parcel));
  await rename(`${path}.new`, path);
}
