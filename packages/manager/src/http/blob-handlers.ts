import { Readable } from 'node:stream';
import { blobRoutes, type Digest, FarmError } from '@akashganga/protocol';
import type { Keeper } from '@akashganga/storage';
import type { Rooms } from './app.ts';
import { type App, type HttpContext, serve, serveBytes } from './serve.ts';

export function serveBlobs(app: App, rooms: Rooms): void {
  serve(app, blobRoutes.missing, async ({ body }) => ({ missing: await missing(rooms.blobs, body.digests) }));
  serveBytes(app, blobRoutes.put, async ({ params, context }) => {
    if (!(await rooms.blobs.has(params.digest))) await rooms.blobs.put(params.digest, context.env.incoming);
    else context.env.incoming.resume();
    return context.json({ ok: true });
  });
  serveBytes(app, blobRoutes.get, ({ params, context }) => getBlob(rooms.blobs, params.digest, context));
}

async function missing(blobs: Keeper, digests: readonly Digest[]): Promise<Digest[]> {
  const lacking: Digest[] = [];
  for (const digest of new Set(digests)) if (!(await blobs.has(digest))) lacking.push(digest);
  return lacking;
}

async function getBlob(blobs: Keeper, digest: Digest, context: HttpContext): Promise<Response> {
  const size = await blobs.size(digest);
  if (size === null) throw new FarmError('blob.unknown', { digest });
  const range = rangeOf(context.req.header('range'), size);
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

// Only `bytes=a-` and `bytes=a-b`: what a resumed download asks for. Anything else gets the whole.
function rangeOf(header: string | undefined, size: number): { start: number; end: number } | null {
  const match = /^bytes=(\d+)-(\d*)$/.exec(header ?? '');
  if (!match) return null;
  const start = Number(match[1]);
  const end = match[2] ? Math.min(Number(match[2]), size - 1) : size - 1;
  return start <= end ? { start, end } : null;
}
