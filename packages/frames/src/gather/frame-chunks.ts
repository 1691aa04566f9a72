import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Chunk, type Digest, FarmError, LARGEST_CHUNK } from '@akashganga/protocol';
import { atMost, type Keeper, localKeeper } from '@akashganga/storage';

/** What nobody made a frame of in this time was left by a worker that is gone. */
const LEFT_MS = 24 * 60 * 60_000;

/**
 * Chunks of large frames that are on their way. A connection that breaks costs the chunk it was in the middle
 * of; the frame itself is put together, and checked as every frame is, when all of them are here.
 */
export interface FrameChunks {
  missing(digests: readonly Digest[]): Promise<Digest[]>;
  put(digest: Digest, bytes: AsyncIterable<Uint8Array>): Promise<void>;
  /** The bytes of the frame. Throws `blob.unknown` when one of them is not here. */
  read(chunks: readonly Chunk[]): AsyncIterable<Uint8Array>;
  drop(chunks: readonly Chunk[]): Promise<void>;
  /** Deletes what was left; `now` in ms. */
  sweep(now: number): Promise<void>;
}

export function frameChunks(folder: string): FrameChunks {
  const keeper: Keeper = localKeeper(folder);
  return {
    async missing(digests) {
      const lacking: Digest[] = [];
      for (const digest of new Set(digests)) if (!(await keeper.has(digest))) lacking.push(digest);
      return lacking;
    },
    async put(digest, bytes) {
      await keeper.put(digest, atMost(bytes, LARGEST_CHUNK));
    },
    async *read(chunks) {
      for (const { digest, size } of chunks) {
        if ((await keeper.size(digest)) !== size) throw new FarmError('blob.unknown', { digest });
        yield* await keeper.get(digest);
      }
    },
    async drop(chunks) {
      for (const { digest } of chunks) await keeper.delete(digest);
    },
    async sweep(now) {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
      for (const entry of entries) {
        if (!entry.isFile()) continue;
        const path = join(entry.parentPath, entry.name);
        const found = await stat(path).catch(() => null);
        if (found && now - found.mtimeMs > LEFT_MS) await rm(path, { force: true });
      }
    },
  };
}
