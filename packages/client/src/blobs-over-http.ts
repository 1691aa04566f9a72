import { Readable } from 'node:stream';
import { blobRoutes, type Digest, FarmError, fillPath } from '@akashganga/protocol';
import type { BlobReader, ByteRange } from '@akashganga/storage';
import type { Dispatcher } from 'undici';
import type { FarmClient } from './farm-client.ts';
import { wholeOrCut } from './whole-or-cut.ts';

export interface HttpBlobOptions {
  readonly signal?: AbortSignal;
  /** How long an answer may take to begin. Default 30 s. */
  readonly timeoutSeconds?: number;
}

/** The blobs that a manager, or another worker, gives out. They are not verified here. */
export function blobsOverHttp(client: FarmClient, options: HttpBlobOptions = {}): BlobReader {
  function ask(digest: Digest, range?: ByteRange) {
    return client.send({
      method: 'GET',
      path: fillPath(blobRoutes.get.route.path, { digest }),
      headers: range ? { range: `bytes=${range.start}-${range.end}` } : {},
      ...options,
    });
  }
  async function size(digest: Digest): Promise<number | null> {
    const reply = await ask(digest, { start: 0, end: 0 }).catch(nullIfUnknown);
    if (!reply) return null;
    await reply.body.dump();
    return sizeOf(reply);
  }
  return {
    size,
    has: async (digest) => (await size(digest)) !== null,
    async get(digest, range) {
      const reply = await ask(digest, range);
      // What does not understand ranges sends the whole, which would be taken for the part.
      if (range && reply.statusCode !== 206 && sizeOf(reply) !== range.end - range.start + 1) {
        await reply.body.dump();
        throw new FarmError('farm.not-a-farm', { url: client.url });
      }
      return Readable.from(wholeOrCut(reply, digest), { objectMode: false });
    },
  };
}

function sizeOf(reply: Dispatcher.ResponseData): number {
  const whole = /\/(\d+)$/.exec(String(reply.headers['content-range'] ?? ''))?.[1];
  return Number(whole ?? reply.headers['content-length'] ?? 0);
}

function nullIfUnknown(error: unknown): null {
  if (error instanceof FarmError && error.code === 'blob.unknown') return null;
  throw error;
}
