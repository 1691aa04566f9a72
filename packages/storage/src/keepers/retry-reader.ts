import { Readable } from 'node:stream';
import { type Digest, FarmError } from '@akashganga/protocol';
import type { BlobReader, ByteRange } from '../keeper.ts';

/** Runs `work` again while that can help, and waits in between. `retryLater` of the client is one. */
export type TryAgain = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * The same blobs from a reader that fails now and then. A stream that breaks goes on behind the last byte
 * that came, so that nothing travels twice. Whether the parts fit together only a digest can say: read it
 * through `verifyReader`.
 */
export function retryReader(reader: BlobReader, tryAgain: TryAgain): BlobReader {
  return {
    has: (digest) => tryAgain(() => reader.has(digest)),
    size: (digest) => tryAgain(() => reader.size(digest)),
    async get(digest, range) {
      const wanted = range ?? { start: 0, end: Number.MAX_SAFE_INTEGER };
      const first = await tryAgain(() => reader.get(digest, range));
      return Readable.from(resumed(reader, tryAgain, digest, first, wanted), { objectMode: false });
    },
  };
}

async function* resumed(
  reader: BlobReader,
  tryAgain: TryAgain,
  digest: Digest,
  first: Readable,
  { start, end }: ByteRange,
): AsyncIterable<Uint8Array> {
  let at = start;
  for (let bytes = first; ; ) {
    const before = at;
    try {
      for await (const piece of bytes) {
        at += (piece as Buffer).length;
        yield piece as Buffer;
      }
      return;
    } catch (error) {
      if (!(error instanceof FarmError) || error.retry !== 'later') throw error;
      if (at > end) return;
      // One that breaks before its first byte each time is waited out like one that refuses.
      let isFresh = at > before;
      bytes = await tryAgain(async () => {
        if (!isFresh) {
          isFresh = true;
          throw error;
        }
        return reader.get(digest, { start: at, end });
      });
    }
  }
}
