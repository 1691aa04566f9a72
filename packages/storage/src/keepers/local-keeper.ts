import { createReadStream } from 'node:fs';
import { rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { type Digest, digestHex, FarmError } from '@akashganga/protocol';
import type { Keeper } from '../keeper.ts';
import { writeVerified } from '../write-verified.ts';

/** Where a local keeper has a blob. Two levels, so that no folder grows past some thousands of entries. */
export function blobPath(folder: string, digest: Digest): string {
  const hex = digestHex(digest);
  return join(folder, hex.slice(0, 2), hex);
}

export interface LocalKeeperOptions {
  /** A blob that `has` was asked for counts as used: its file's time is set anew when it is older than this, in ms. */
  readonly touchAfter?: number;
}

// A blob in few pieces: at 64 KiB each, the handing on of pieces costs more than their bytes.
const READ_BYTES = 1024 * 1024;

/** Keeps blobs as files below `folder`. */
export function localKeeper(folder: string, { touchAfter }: LocalKeeperOptions = {}): Keeper {
  async function has(digest: Digest): Promise<boolean> {
    const path = blobPath(folder, digest);
    try {
      const { mtimeMs } = await stat(path);
      const now = Date.now();
      if (touchAfter !== undefined && now - mtimeMs > touchAfter)
        await utimes(path, new Date(now), new Date(now));
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
      throw error;
    }
  }
  async function size(digest: Digest): Promise<number | null> {
    try {
      return (await stat(blobPath(folder, digest))).size;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  }
  return {
    size,
    has,
    async put(digest, bytes) {
      await writeVerified(blobPath(folder, digest), digest, bytes);
    },
    async get(digest, range) {
      if ((await size(digest)) === null) throw new FarmError('blob.unknown', { digest });
      return createReadStream(blobPath(folder, digest), { ...range, highWaterMark: READ_BYTES });
    },
    delete: (digest) => rm(blobPath(folder, digest), { force: true }),
  };
}
