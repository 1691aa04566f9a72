import { Readable } from 'node:stream';
import { deliveryRoutes, FarmError, plainName, ZipOrder, ZipPart, zipHeaders } from '@akashganga/protocol';
import type { HttpBindings } from '@hono/node-server';
import type { Hono } from 'hono';
import type { JobShelf } from '../gather/job-shelf.ts';
import { findFiles } from '../zip/job-files.ts';
import { cutOut, outlineZip } from '../zip/outline-zip.ts';
import { zipOfJob } from '../zip/zip-of-job.ts';
import { zipStream } from '../zip/zip-stream.ts';
import { contentDisposition, readRange } from './send-file.ts';

/** Selections of a job as zips, made while they are sent. */
export function serveZips(app: Hono<{ Bindings: HttpBindings }>, shelf: JobShelf): void {
  const { zip } = deliveryRoutes;
  app.get(zip.route.getRoutingPath(), async (context) => {
    const params = zip.params.safeParse(context.req.param());
    const order = ZipOrder.safeParse(context.req.query());
    if (!params.success || !order.success) {
      const why = order.error?.issues[0]?.message ?? 'the job in the path is none';
      throw new FarmError('request.invalid', { why });
    }
    return sendZip(shelf, params.data.job, order.data, context.req.raw.headers);
  });
}

/**
 * All of it, or one range of it (206) for somebody who has the beginning: see `sendFile`. What is before the range is read
 * again, for its checksums. Throws `job.no-results` when nothing of it is here.
 */
async function sendZip(shelf: JobShelf, job: string, order: ZipOrder, asked: Headers): Promise<Response> {
  const { title, frames, name: names } = order;
  const what = new Set(order.what.split(',').map((part) => ZipPart.parse(part)));
  const found = await findFiles({ job, title, frames, what, names }, shelf);
  if (found.count === 0) throw new FarmError('job.no-results', { job });
  const { tag, size } = await outlineZip(title, found);
  const headers = new Headers({
    'content-type': 'application/zip',
    'content-disposition': contentDisposition(`${plainName(title)}.zip`).replace(/^inline/, 'attachment'),
    'cache-control': 'private, no-store',
    'x-content-type-options': 'nosniff',
    'accept-ranges': 'bytes',
    etag: tag,
    [zipHeaders.files]: String(found.count),
    [zipHeaders.missing]: String(found.missing.length),
  });
  const range = (asked.get('if-range') ?? tag) === tag ? readRange(asked.get('range'), size) : 'all';
  if (range === 'all') return new Response(streamed(zipStream(zipOfJob(title, found))), { headers });
  if (range === 'none') {
    headers.set('content-range', `bytes */${size}`);
    return new Response(null, { status: 416, headers });
  }
  const { start, end } = range;
  headers.set('content-range', `bytes ${start}-${end}/${size}`);
  headers.set('content-length', String(end - start + 1));
  const zip = zipStream(zipOfJob(title, found, { asOutlined: true }));
  return new Response(streamed(cutOut(zip, start, end)), { status: 206, headers });
}

// Pieces wait for whoever reads: no more than one is held.
function streamed(bytes: AsyncIterable<Uint8Array>): ReadableStream {
  return Readable.toWeb(Readable.from(bytes, { objectMode: false, highWaterMark: 1 })) as ReadableStream;
}
