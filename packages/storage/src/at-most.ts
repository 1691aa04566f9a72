import { FarmError } from '@akashganga/protocol';

/** The same bytes. Throws `request.too-large` as soon as they are more than `limit`. */
export async function* atMost(bytes: AsyncIterable<Uint8Array>, limit: number): AsyncIterable<Uint8Array> {
  let size = 0;
  for await (const piece of bytes) {
    size += piece.length;
    if (size > limit) throw new FarmError('request.too-large', { limit });
    yield piece;
  }
}
