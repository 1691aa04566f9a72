import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { type Digest, FarmError } from '@akashganga/protocol';
import type { BlobReader } from '../keeper.ts';

/** The same blobs, each checked while it is read: the stream ends with `blob.wrong-digest` when it is another. Parts are not checked. */
export function verifyReader(reader: BlobReader): BlobReader {
  return {
    has: (digest) => reader.has(digest),
    size: (digest) => reader.size(digest),
    async get(digest, range) {
      const bytes = await reader.get(digest, range);
      return range ? bytes : Readable.from(checked(digest, bytes), { objectMode: false });
    },
  };
}

async function* checked(digest: Digest, bytes: Readable): AsyncIterable<Uint8Array> {
  const hash = createHash('sha256');
  for await (const piece of bytes) {
    hash.update(piece as Buffer);
    yield piece as Buffer;
  }
  const found: Digest = `sha256:${hash.digest('hex')}`;
  if (found !== digest) throw new FarmError('blob.wrong-digest', { digest, found });
}
