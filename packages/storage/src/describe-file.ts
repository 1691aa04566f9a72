import { createHash } from 'node:crypto';
import type { BigIntStats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { type Chunk, cutPoint, type Digest, FarmError, LARGEST_CHUNK } from '@akashganga/protocol';
import { hashBytes } from './hash-bytes.ts';

/** What a file is, as a manifest says it. `chunks` only for files larger than `LARGEST_CHUNK`. */
export interface FileFacts {
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
  readonly chunks?: Chunk[];
}

const WINDOW = 2 * LARGEST_CHUNK;

/**
 * Reads a file once, in order, and says what it is. Holds 8 MiB of it at most. Throws `scene.file-changed`
 * when it is gone or was written to meanwhile, else what `fs` throws.
 */
export async function describeFile(path: string, signal?: AbortSignal): Promise<FileFacts> {
  const file = await open(path, 'r').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'ENOENT') throw cause;
    throw new FarmError('scene.file-changed', { path, what: 'is gone' }, { cause });
  });
  try {
    const before = await file.stat({ bigint: true });
    const facts = await describe(file, Number(before.size), signal);
    const after = await file.stat({ bigint: true });
    if (!facts || !isSame(before, after) || BigInt(facts.size) !== after.size)
      throw new FarmError('scene.file-changed', { path, what: 'was written to' });
    return facts;
  } finally {
    await file.close();
  }
}

/** Null when the file is larger than `expected`. */
async function describe(
  file: FileHandle,
  expected: number,
  signal: AbortSignal | undefined,
): Promise<FileFacts | null> {
  const whole = createHash('sha256');
  // Frames are small: eight MiB for each would have their garbage collected each second.
  const window = Buffer.allocUnsafe(Math.min(WINDOW, expected + 1));
  const chunks: Chunk[] = [];
  let size = 0;
  for (let held = 0; ; ) {
    signal?.throwIfAborted();
    const added = await readInto(file, window.subarray(held));
    whole.update(window.subarray(held, held + added));
    held += added;
    size += added;
    if (size > expected) return null;
    const isLast = held < window.length;
    if (isLast && size <= LARGEST_CHUNK) return { digest: `sha256:${whole.digest('hex')}`, size };
    let at = 0;
    // A cut is looked for only where the largest chunk fits, or the file ends.
    while (held - at >= LARGEST_CHUNK || (isLast && at < held)) {
      const chunk = window.subarray(at, at + cutPoint(window.subarray(at, held)));
      chunks.push({ digest: hashBytes(chunk), size: chunk.length });
      at += chunk.length;
    }
    if (isLast) return { digest: `sha256:${whole.digest('hex')}`, size, chunks };
    window.copy(window, 0, at, held);
    held -= at;
  }
}

/** Fills `into` unless the file ends before. */
async function readInto(file: FileHandle, into: Uint8Array): Promise<number> {
  let got = 0;
  while (got < into.length) {
    const { bytesRead } = await file.read(into, got, into.length - got);
    if (bytesRead === 0) break;
    got += bytesRead;
  }
  return got;
}

function isSame(a: BigIntStats, b: BigIntStats): boolean {
  return a.size === b.size && a.mtimeNs === b.mtimeNs && a.ctimeNs === b.ctimeNs;
}
