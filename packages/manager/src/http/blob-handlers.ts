import { Readable } from 'node:stream';
import { blobRoutes, type Digest, FarmError, LARGEST_CHUNK, LARGEST_MANIFEST } from '@akashganga/protocol';
import { atMost, byteRange, eachOf, type Keeper } from '@akashganga/storage';
import type { Rooms } from './app.ts';
import { mustBeOwn } from './must-be-own.ts';
import { inUrl, isEncrypted, remoteAddress } from './remote-address.ts';
import { seenFrom } from './seen-from.ts';
import { type App, type HttpContext, serve, serveBytes } from './serve.ts';
import { untilSent } from './until-sent.ts';

/** So many files are looked for at once. */
const LANES = 16;

export function serveBlobs(app: App, rooms: Rooms): void {
  serve(app, blobRoutes.missing, async ({ body }) => ({ missing: await missing(rooms.blobs, body.digests) }));
  serve(app, blobRoutes.sources, ({ body, context }) => {
    mustBeOwn(context, body.worker);
    const { sources, ...reply } = rooms.sources.ask(body, originOf(context), Date.now());
    return {
      ...reply,
      sources: sources.map(({ digest, peers }) => ({
        digest,
        peers: peers.map(({ worker, url }) => ({ worker, url: seenFrom(context, url) })),
      })),
    };
  });
  serveBytes(app, blobRoutes.put, async ({ params, query, context }) => {
    await putBlob(rooms.blobs, params.digest, query.kind ? LARGEST_MANIFEST : LARGEST_CHUNK, context);
    return context.json({ ok: true });
  });
  serveBytes(app, blobRoutes.get, ({ params, context }) => getBlob(rooms.blobs, params.digest, context));
}

// Who came with a certificate understands certificates only.
function originOf(context: HttpContext): string {
  return `${isEncrypted(context) ? 'https' : 'http'}://${inUrl(remoteAddress(context))}`;
}

async function missing(blobs: Keeper, digests: readonly Digest[]): Promise<Digest[]> {
  const unique = [...new Set(digests)];
  const lacking = new Set<Digest>();
  await eachOf(unique, LANES, async (digest) => {
    if (!(await blobs.has(digest))) lacking.add(digest);
  });
  return unique.filter((digest) => lacking.has(digest));
}

async function putBlob(blobs: Keeper, digest: Digest, limit: number, context: HttpContext): Promise<void> {
  const { incoming } = context.env;
  try {
    if (Number(context.req.header('content-length') ?? 0) > limit)
      throw new FarmError('request.too-large', { limit });
    if (!(await blobs.has(digest))) await blobs.put(digest, atMost(incoming, limit));
  } finally {
    await untilSent(incoming);
  }
}

async function getBlob(blobs: Keeper, digest: Digest, context: HttpContext): Promise<Response> {
  const size = await blobs.size(digest);
  if (size === null) throw new FarmError('blob.unknown', { digest });
  const range = byteRange(context.req.header('range'), size);
  const headers: Record<string, string> = {
    'content-type': 'application/octet-stream',
    'accept-ranges': 'bytes',
    etag: `"${digest}"`,
    'content-length': String(range ? range.end - range.start + 1 : size),
  };
  if (range) headers['content-range'] = `bytes ${range.start}-${range.end}/${size}`;
  const bytes = await blobs.get(digest, range ?? undefined);
  return new Response(Readable.toWeb(bytes) as ReadableStream, { status: range ? 206 : 200, headers });
}
