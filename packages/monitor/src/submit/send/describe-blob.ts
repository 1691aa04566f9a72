import { cutPoint, LARGEST_CHUNK } from '@akashganga/protocol/cut-point';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';

/** A piece of a file, named by its digest. Bytes. */
export interface Piece {
  readonly digest: string;
  readonly size: number;
}

/** What a manifest says of a file, and the blobs it is kept as. */
export interface BlobFacts {
  readonly digest: string;
  readonly size: number;
  /** One, or for a file larger than a chunk all its chunks, in order. */
  readonly pieces: readonly Piece[];
}

const WINDOW = 2 * LARGEST_CHUNK;

/**
 * Reads a file once and cuts it as every part of the farm does, so that what the farm has is not sent again.
 * Holds 8 MiB at a time. `onRead` is told the bytes of each window.
 */
export async function describeBlob(file: Blob, onRead: (bytes: number) => void): Promise<BlobFacts> {
  const whole = sha256.create();
  const pieces: Piece[] = [];
  let held = new Uint8Array();
  for (let at = 0; at < file.size; ) {
    const fresh = new Uint8Array(await file.slice(at, at + WINDOW - held.length).arrayBuffer());
    if (fresh.length === 0) throw new Error('A file became shorter while it was read. Try again.');
    whole.update(fresh);
    onRead(fresh.length);
    at += fresh.length;
    held = await cutAll(joined(held, fresh), at >= file.size, file.size <= LARGEST_CHUNK, pieces);
  }
  const digest = nameOf(whole.digest());
  return { digest, size: file.size, pieces: pieces.length > 0 ? pieces : [{ digest, size: file.size }] };
}

// A cut is looked for only where the largest chunk fits, or the file ends. Returns what is left.
async function cutAll(
  bytes: Uint8Array<ArrayBuffer>,
  isLast: boolean,
  isSmall: boolean,
  pieces: Piece[],
): Promise<Uint8Array<ArrayBuffer>> {
  if (isSmall) return bytes;
  let at = 0;
  while (bytes.length - at >= LARGEST_CHUNK || (isLast && at < bytes.length)) {
    const end = at + cutPoint(bytes.subarray(at));
    pieces.push({ digest: await digestOf(bytes.subarray(at, end)), size: end - at });
    at = end;
  }
  return bytes.slice(at);
}

function joined(a: Uint8Array, b: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  if (a.length === 0) return b;
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

/** `sha256:…` of bytes. The browser's own hash is quicker, but browsers give it to safe addresses only. */
export async function digestOf(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const { subtle } = globalThis.crypto;
  return nameOf(subtle ? new Uint8Array(await subtle.digest('SHA-256', bytes)) : sha256(bytes));
}

function nameOf(hash: Uint8Array): string {
  return `sha256:${bytesToHex(hash)}`;
}
