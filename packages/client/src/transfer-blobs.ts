import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { blobRoutes, type Digest, type FarmError, fillPath } from '@akashganga/protocol';
import type { Keeper } from '@akashganga/storage';
import type { FarmClient } from './farm-client.ts';
import { retryLater } from './retry.ts';
import { wholeOrCut } from './whole-or-cut.ts';

/** A blob that can be sent: from a file, or small and in memory. */
export type BlobSource = { readonly digest: Digest } & (
  | { readonly path: string }
  | { readonly bytes: Buffer }
);

const PARALLEL = 4;

/**
 * Sends the blobs the farm lacks, several at a time, each tried again while that can help; `onWait` is told why
 * before each wait. Returns how many were sent and their bytes.
 */
export async function sendBlobs(
  client: FarmClient,
  blobs: readonly BlobSource[],
  signal?: AbortSignal,
  onWait?: (error: FarmError) => void,
): Promise<{ sent: number; bytes: number }> {
  const { missing } = await retryLater(
    () => client.call(blobRoutes.missing, { body: { digests: blobs.map((blob) => blob.digest) } }),
    {
      forSeconds: 60,
      ...(signal ? { signal } : {}),
    },
  );
  const wanted = new Set(missing);
  const queue = blobs.filter((blob) => wanted.delete(blob.digest));
  let bytes = 0;
  const lane = async () => {
    for (let blob = queue.shift(); blob; blob = queue.shift()) {
      const one = blob;
      bytes += await retryLater(() => sendBlob(client, one, signal), {
        forSeconds: 300,
        ...(signal ? { signal } : {}),
        ...(onWait ? { onWait } : {}),
      });
    }
  };
  const sent = queue.length;
  await Promise.all(Array.from({ length: PARALLEL }, lane));
  return { sent, bytes };
}

async function sendBlob(
  client: FarmClient,
  blob: BlobSource,
  signal: AbortSignal | undefined,
): Promise<number> {
  const size = 'path' in blob ? (await stat(blob.path)).size : blob.bytes.length;
  const reply = await client.send({
    method: 'PUT',
    path: fillPath(blobRoutes.put.route.path, { digest: blob.digest }),
    headers: { 'content-type': 'application/octet-stream', 'content-length': String(size) },
    body: 'path' in blob ? createReadStream(blob.path) : blob.bytes,
    timeoutSeconds: 300,
    ...(signal ? { signal } : {}),
  });
  await reply.body.dump();
  return size;
}

/** Fetches a blob into `keeper`, which checks it against its name. Nothing travels when it is there already. */
export async function fetchBlob(
  client: FarmClient,
  keeper: Keeper,
  digest: Digest,
  signal?: AbortSignal,
): Promise<void> {
  if (await keeper.has(digest)) return;
  const reply = await client.send({
    method: 'GET',
    path: fillPath(blobRoutes.get.route.path, { digest }),
    timeoutSeconds: 60,
    ...(signal ? { signal } : {}),
  });
  await keeper.put(digest, wholeOrCut(reply, digest));
}
