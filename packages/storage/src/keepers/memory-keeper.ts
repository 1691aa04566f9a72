import { Readable } from 'node:stream';
import { type Digest, FarmError } from '@akashganga/protocol';
import { hashBytes } from '../hash-bytes.ts';
import type { Keeper } from '../keeper.ts';

/** Keeps blobs in memory: for tests and for small things that live as long as the process. */
export function memoryKeeper(): Keeper {
  const blobs = new Map<Digest, Buffer>();
  return {
    has: async (digest) => blobs.has(digest),
    size: async (digest) => blobs.get(digest)?.length ?? null,
    async put(digest, bytes) {
      const pieces: Uint8Array[] = [];
      for await (const piece of bytes) pieces.push(piece);
      const blob = Buffer.concat(pieces);
      const found = hashBytes(blob);
      if (found !== digest) throw new FarmError('blob.wrong-digest', { digest, found });
      blobs.set(digest, blob);
    },
    async get(digest, range) {
      const blob = blobs.get(digest);
      if (!blob) throw new FarmError('blob.unknown', { digest });
      return Readable.from([range ? blob.subarray(range.start, range.end + 1) : blob]);
    },
    async delete(digest) {
      blobs.delete(digest);
    },
  };
}
