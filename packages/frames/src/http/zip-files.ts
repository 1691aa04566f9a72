import { Readable } from 'node:stream';
import { deliveryRoutes, FarmError, plainName, ZipOrder, ZipPart, zipHeaders } from '@akashganga/protocol';
import type { HttpBindings } from '@hono/node-server';
import type { Hono } from 'hono';
import type { JobShelf } from '../gather/job-shelf.ts';
import { findFiles } from '../zip/job-files.ts';
import { zipOfJob } from '../zip/zip-of-job.ts';
import { zipStream } from '../zip/zip-stream.ts';
import { contentDisposition } from './send-file.ts';

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
    return sendZip(shelf, params.data.job, order.data);
  });
}

/** Throws `job.no-results` when nothing of it is here. */
async function sendZip(shelf: JobShelf, job: string, order: ZipOrder): Promise<Response> {
  const { title, frames, name: names } = order;
  const what = new Set(order.what.split(',').map((part) => ZipPart.parse(part)));
  const found = await findFiles({ job, title, frames, what, names }, shelf);
  if (found.count === 0) throw new FarmError('job.no-results', { job });
  // Pieces wait for whoever reads: no more than one is held.
  const bytes = Readable.from(zipStream(zipOfJob(title, found)), { objectMode: false, highWaterMark: 1 });
  return new Response(Readable.toWeb(bytes) as ReadableStream, {
    headers: {
      'content-type': 'application/zip',
      'content-disposition': contentDisposition(`${plainName(title)}.zip`).replace(/^inline/, 'attachment'),
      'cache-control': 'private, no-store',
      'x-content-type-options': 'nosniff',
      [zipHeaders.files]: String(found.count),
      [zipHeaders.missing]: String(found.missing.length),
    },
  });
}
