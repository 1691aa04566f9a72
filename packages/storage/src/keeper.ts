import type { Readable } from 'node:stream';
import type { Digest } from '@akashganga/protocol';

/** A part of a blob: from `start`, `end` included, in bytes, as in an HTTP Range. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** The reading half of a keeper: all that others are allowed of what somebody keeps. */
export interface BlobReader {
  has(digest: Digest): Promise<boolean>;
  /** Bytes, or null when the blob is not here. */
  size(digest: Digest): Promise<number | null>;
  /** Throws `blob.unknown`. */
  get(digest: Digest, range?: ByteRange): Promise<Readable>;
}

/**
 * Something that keeps blobs by digest. Every keeper passes `keepers/keeper-suite.ts`.
 *
 * Promises: `put` keeps a blob only if its bytes are what the digest says, else it throws
 * `blob.wrong-digest` and nothing is left; a blob is never seen half; putting one again is harmless.
 */
export interface Keeper extends BlobReader {
  put(digest: Digest, bytes: AsyncIterable<Uint8Array>): Promise<void>;
  /** Deleting what is not there is no error. */
  delete(digest: Digest): Promise<void>;
}
