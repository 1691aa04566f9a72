import { type Digest, FarmError } from '@akashganga/protocol';
import type { Dispatcher } from 'undici';

/** The bytes of an answer. A connection that closes early is a cut (`blob.cut-short`), not the end of a shorter file. */
export async function* wholeOrCut(reply: Dispatcher.ResponseData, digest: Digest): AsyncIterable<Uint8Array> {
  let got = 0;
  try {
    for await (const piece of reply.body) {
      got += (piece as Uint8Array).length;
      yield piece as Uint8Array;
    }
  } catch (cause) {
    const size = Number(reply.headers['content-length'] ?? 0);
    throw new FarmError('blob.cut-short', { digest, got, size }, { cause });
  }
}
