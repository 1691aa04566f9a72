import { createReadStream } from 'node:fs';
import { mkdir, readdir, rm, rmdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Chunk, Digest, digestHex, FarmError, LARGEST_CHUNK } from '@akashganga/protocol';
import { atMost, writeVerified } from '@akashganga/storage';

/** What was sent by somebody who then said nothing for so long is not waited for any more. Milliseconds. */
const QUIET_MS = 2 * 60 * 60_000;
/** No frame is under way for longer than this. */
const LONGEST_MS = 24 * 60 * 60_000;
/** A worker sends three frames at a time. */
const FRAMES_AT_ONCE = 3;
/** A chunk counts as so many bytes at least: a disk runs out of files, too. All chunks but a frame's last are larger. */
const LEAST_BYTES = 64 * 1024;
/** Chunks that may be on their way from one sender; ours sends six of each frame at once. */
const MOST_OPEN = 64;
/** A chunk in few pieces. */
const READ_BYTES = 1024 * 1024;

/**
 * Chunks of large frames that are on their way, apart for each sender: nobody sees, uses up or pushes out what another
 * one sent. A connection that breaks costs the chunk it was in the middle of; the frame itself is put together, and
 * checked as every frame is, when all of them are here.
 */
export interface FrameChunks {
  missing(sender: string, digests: readonly Digest[]): Promise<Digest[]>;
  /** When it is more than a sender may leave here, its own oldest ones go. Throws `caller.too-many-open`. */
  put(sender: string, digest: Digest, bytes: AsyncIterable<Uint8Array>): Promise<void>;
  /** The bytes of the frame. Throws `blob.unknown` when one of them is not here. */
  read(sender: string, chunks: readonly Chunk[]): AsyncIterable<Uint8Array>;
  drop(sender: string, chunks: readonly Chunk[]): Promise<void>;
  /** Deletes what was left. */
  sweep(): Promise<void>;
}

export interface FrameChunksOptions {
  readonly folder: string;
  /** Bytes. */
  readonly largestFrame: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

interface Held {
  readonly size: number;
  readonly since: number;
}

/**
 * Of what roles of this computer send. They are not bounded, as they can write to this disk anyway; so nobody's id may be
 * this, and none begins with a dot.
 */
export const LOCAL_SENDER = '.here';

/** Finds what was on its way when an earlier process ended. */
export async function openFrameChunks(options: FrameChunksOptions): Promise<FrameChunks> {
  const { folder, now } = options;
  const most = FRAMES_AT_ONCE * options.largestFrame;
  const shelves = await loadAll(folder);

  function shelfOf(sender: string): Shelf {
    const shelf = shelves.get(sender) ?? new Shelf(join(folder, sender));
    shelves.set(sender, shelf);
    return shelf;
  }
  return {
    async missing(sender, digests) {
      const shelf = shelfOf(sender);
      const lacking: Digest[] = [];
      for (const digest of new Set(digests)) if ((await shelf.size(digest)) === null) lacking.push(digest);
      return lacking;
    },
    async put(sender, digest, bytes) {
      const shelf = shelfOf(sender);
      if (shelf.open >= MOST_OPEN && sender !== LOCAL_SENDER)
        throw new FarmError('caller.too-many-open', {
          who: sender,
          most: MOST_OPEN,
          what: 'chunks',
          seconds: 1,
        });
      shelf.open += 1;
      try {
        const size = await writeVerified(shelf.path(digest), digest, atMost(bytes, LARGEST_CHUNK));
        shelf.add(digest, { size, since: now() });
      } finally {
        shelf.open -= 1;
      }
      if (sender !== LOCAL_SENDER) await shelf.trim(most);
    },
    async *read(sender, chunks) {
      const shelf = shelfOf(sender);
      for (const { digest, size } of chunks) {
        if ((await shelf.size(digest)) !== size) throw new FarmError('blob.unknown', { digest });
        yield* createReadStream(shelf.path(digest), { highWaterMark: READ_BYTES });
      }
    },
    async drop(sender, chunks) {
      for (const { digest } of chunks) await shelfOf(sender).remove(digest);
    },
    async sweep() {
      for (const [sender, shelf] of shelves) {
        await shelf.sweep(now());
        if (shelf.isEmpty) shelves.delete(sender);
      }
    },
  };
}

async function loadAll(folder: string): Promise<Map<string, Shelf>> {
  await mkdir(folder, { recursive: true });
  const shelves = new Map<string, Shelf>();
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (!entry.isDirectory()) await rm(path, { force: true });
    else if ((await readdir(path)).length === 0) await rmdir(path);
    else shelves.set(entry.name, await Shelf.load(path));
  }
  return shelves;
}

/** What one sender has here; the oldest first. */
class Shelf {
  readonly #folder: string;
  readonly #held = new Map<Digest, Held>();
  #bytes = 0;
  /** Chunks that are being received. */
  open = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  static async load(folder: string): Promise<Shelf> {
    const shelf = new Shelf(folder);
    const found: [Digest, Held][] = [];
    for (const name of await readdir(folder)) {
      const path = join(folder, name);
      const digest = Digest.safeParse(`sha256:${name}`);
      if (!digest.success) await rm(path, { recursive: true, force: true });
      else {
        const { size, mtimeMs } = await stat(path);
        found.push([digest.data, { size, since: mtimeMs }]);
      }
    }
    for (const [digest, held] of found.sort(([, a], [, b]) => a.since - b.since)) shelf.add(digest, held);
    return shelf;
  }

  get isEmpty(): boolean {
    return this.#held.size === 0 && this.open === 0;
  }

  path(digest: Digest): string {
    return join(this.#folder, digestHex(digest));
  }

  /** Null when it is not here. */
  size(digest: Digest): Promise<number | null> {
    return stat(this.path(digest)).then(
      ({ size }) => size,
      () => null,
    );
  }

  add(digest: Digest, held: Held): void {
    this.#forget(digest);
    this.#held.set(digest, held);
    this.#bytes += charge(held);
  }

  async remove(digest: Digest): Promise<void> {
    this.#forget(digest);
    await rm(this.path(digest), { force: true });
  }

  async trim(most: number): Promise<void> {
    for (const digest of this.#held.keys()) {
      if (this.#bytes <= most) return;
      await this.remove(digest);
    }
  }

  async sweep(now: number): Promise<void> {
    const newest = [...this.#held.values()].at(-1)?.since ?? 0;
    for (const [digest, { since }] of this.#held)
      if (now - newest > QUIET_MS || now - since > LONGEST_MS) await this.remove(digest);
  }

  #forget(digest: Digest): void {
    const held = this.#held.get(digest);
    if (held) this.#bytes -= charge(held);
    this.#held.delete(digest);
  }
}

function charge({ size }: Held): number {
  return Math.max(size, LEAST_BYTES);
}
