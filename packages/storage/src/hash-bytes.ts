import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { Digest } from '@akashganga/protocol';

export function hashBytes(bytes: Uint8Array): Digest {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** Reads the file once, in pieces. Throws what `fs` throws. */
export async function hashFile(path: string): Promise<{ digest: Digest; size: number }> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const piece of createReadStream(path, { highWaterMark: 1 << 20 })) {
    hash.update(piece as Buffer);
    size += (piece as Buffer).length;
  }
  return { digest: `sha256:${hash.digest('hex')}`, size };
}
