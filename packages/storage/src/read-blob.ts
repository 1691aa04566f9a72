import { type Digest, FarmError } from '@akashganga/protocol';
import { atMost } from './at-most.ts';
import { hashBytes } from './hash-bytes.ts';
import type { BlobReader } from './keeper.ts';

/** A whole blob in memory, checked against its name. Throws `request.too-large` when it is larger than `limit` bytes. */
export async function readBlob(reader: BlobReader, digest: Digest, limit: number): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of atMost(await reader.get(digest), limit)) pieces.push(piece);
  const bytes = Buffer.concat(pieces);
  const found = hashBytes(bytes);
  if (found !== digest) throw new FarmError('blob.wrong-digest', { digest, found });
  return bytes;
}
