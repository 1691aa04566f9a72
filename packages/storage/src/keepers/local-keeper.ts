import { createReadStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Digest, digestHex, FarmError } from '@akashganga/protocol';
import type { Keeper } from '../keeper.ts';
import { writeVerified } from '../write-verified.ts';

/** Where a local keeper has a blob. Two levels, so that no folder grows past some thousands of entries. */
export function blobPath(folder: string, digest: Digest): string {
  const hex = digestHex(digest);
  return join(folder, hex.slice(0, 2), hex);
}

/** Keeps blobs as files below `folder`. */
export function localKeeper(folder: string): Keeper {
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
    has: async (digest) => (await size(digest)) !== null,
    async put(digest, bytes) {
      await writeVerified(blobPath(folder, digest), digest, bytes);
    },
    async get(digest, range) {
      if ((await size(digest)) === null) throw new FarmError('blob.unknown', { digest });
      return createReadStream(blobPath(folder, digest), range);
    },
    delete: (digest) => rm(blobPath(folder, digest), { force: true }),
  };
}
