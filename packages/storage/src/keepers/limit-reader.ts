import type { Readable } from 'node:stream';
import type { BlobReader } from '../keeper.ts';

/** The same blobs, at most `most` streams of them open at once; the others wait for their turn. */
export function limitReader(reader: BlobReader, most: number): BlobReader {
  let open = 0;
  const waiting: (() => void)[] = [];
  const leave = () => {
    const next = waiting.shift();
    if (next) next();
    else open -= 1;
  };
  return {
    has: (digest) => reader.has(digest),
    size: (digest) => reader.size(digest),
    async get(digest, range): Promise<Readable> {
      if (open < most) open += 1;
      else await new Promise<void>((turn) => waiting.push(turn));
      try {
        const bytes = await reader.get(digest, range);
        bytes.once('close', leave);
        return bytes;
      } catch (error) {
        leave();
        throw error;
      }
    },
  };
}
