import { open } from 'node:fs/promises';
import {
  blobRoutes,
  blobsOfFile,
  type Digest,
  FarmError,
  fillPath,
  LARGEST_CHUNK,
  type ManifestFile,
} from '@akashganga/protocol';
import { eachOf, hashBytes } from '@akashganga/storage';
import type { FarmClient } from './farm-client.ts';
import { retryLater } from './retry.ts';

/** A blob that can be sent: a part of a file, or bytes in memory (a manifest). `size` is in bytes. */
export type BlobSource = { readonly digest: Digest; readonly size: number } & (
  | { readonly path: string; readonly offset: number }
  | { readonly bytes: Buffer }
);

/** The blobs of a file that lies at `path` on this computer. */
export function blobsIn(path: string, file: Pick<ManifestFile, 'digest' | 'size' | 'chunks'>): BlobSource[] {
  let offset = 0;
  return blobsOfFile(file).map(({ digest, size }) => {
    const blob = { digest, size, path, offset };
    offset += size;
    return blob;
  });
}

export interface SendOptions {
  readonly signal?: AbortSignal;
  /** Go with each request. */
  readonly headers?: Record<string, string>;
  /** How long each blob is tried again. Default 300 s. */
  readonly forSeconds?: number;
  /** Told why before each wait. */
  readonly onWait?: (error: FarmError) => void;
  /** Told after each blob. Bytes; `total` is what was missing, not what the scene comes to. */
  readonly onProgress?: (progress: { readonly sent: number; readonly total: number }) => void;
}

/** So many at a time fill a link of 1 Gbit/s; each holds one blob of at most 4 MiB in memory. */
const LANES = 6;
const ASKED_AT_ONCE = 10_000;

/**
 * Sends the blobs the farm lacks, several at a time, each tried again while that can help. What has arrived
 * is not sent twice, however often this is interrupted and begun again. Returns how many were sent and
 * their bytes. Throws `scene.file-changed` when a file is not what it was described as.
 */
export async function sendBlobs(
  client: FarmClient,
  blobs: readonly BlobSource[],
  options: SendOptions = {},
): Promise<{ sent: number; bytes: number }> {
  const { signal, headers = {}, onWait, onProgress, forSeconds = 300 } = options;
  const waiting = { forSeconds, ...(signal ? { signal } : {}), ...(onWait ? { onWait } : {}) };
  const wanted = await missingOf(client, blobs, waiting, headers);
  const queue = blobs.filter((blob) => wanted.delete(blob.digest));
  const total = queue.reduce((all, blob) => all + blob.size, 0);
  let bytes = 0;
  await eachOf(queue, LANES, async (blob) => {
    signal?.throwIfAborted();
    const body = await bytesOf(blob);
    await retryLater(
      () => sendBlob(client, blob.digest, body, { headers, ...(signal ? { signal } : {}) }),
      waiting,
    );
    bytes += blob.size;
    onProgress?.({ sent: bytes, total });
  });
  return { sent: queue.length, bytes };
}

interface Waiting {
  readonly forSeconds: number;
  readonly signal?: AbortSignal;
  readonly onWait?: (error: FarmError) => void;
}

async function missingOf(
  client: FarmClient,
  blobs: readonly BlobSource[],
  waiting: Waiting,
  headers: Record<string, string>,
): Promise<Set<Digest>> {
  const digests = [...new Set(blobs.map((blob) => blob.digest))];
  const wanted = new Set<Digest>();
  for (let at = 0; at < digests.length; at += ASKED_AT_ONCE) {
    const body = { digests: digests.slice(at, at + ASKED_AT_ONCE) };
    const ask = () =>
      client.call(blobRoutes.missing, {
        body,
        headers,
        ...(waiting.signal ? { signal: waiting.signal } : {}),
      });
    const { missing } = await retryLater(ask, waiting);
    for (const digest of missing) wanted.add(digest);
  }
  return wanted;
}

async function sendBlob(
  client: FarmClient,
  digest: Digest,
  body: Buffer,
  { headers, ...options }: { readonly headers: Record<string, string>; readonly signal?: AbortSignal },
): Promise<void> {
  // Only a manifest may be larger than a chunk, and it has to say so.
  const kind = body.length > LARGEST_CHUNK ? '?kind=manifest' : '';
  const reply = await client.send({
    method: 'PUT',
    path: fillPath(blobRoutes.put.route.path, { digest }) + kind,
    headers: {
      ...headers,
      'content-type': 'application/octet-stream',
      'content-length': String(body.length),
    },
    body,
    timeoutSeconds: 120,
    ...options,
  });
  await reply.body.dump();
}

/** What is sent is what was described, or nothing: each blob is hashed again as it leaves. */
async function bytesOf(blob: BlobSource): Promise<Buffer> {
  if ('bytes' in blob) return blob.bytes;
  const { path, offset, size, digest } = blob;
  const file = await open(path, 'r').catch((cause: NodeJS.ErrnoException) => {
    const isGone = cause.code === 'ENOENT' || cause.code === 'ENOTDIR';
    if (isGone) throw new FarmError('scene.file-changed', { path, what: 'is gone' }, { cause });
    throw new FarmError('scene.unreadable-file', { path, why: cause.message }, { cause });
  });
  try {
    const bytes = Buffer.allocUnsafe(size);
    let got = 0;
    for (let read = -1; got < size && read !== 0; got += read)
      read = (await file.read(bytes, got, size - got, offset + got)).bytesRead;
    if (got < size || hashBytes(bytes) !== digest)
      throw new FarmError('scene.file-changed', { path, what: 'was written to' });
    return bytes;
  } finally {
    await file.close();
  }
}
