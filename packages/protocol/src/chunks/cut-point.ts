import { gearTable } from './gear-table.ts';
import { LARGEST_CHUNK } from './largest-chunk.ts';

export { LARGEST_CHUNK };

/** No chunk but the last is smaller, in bytes. */
export const SMALLEST_CHUNK = 256 * 1024;
/** What chunks come to on the whole, in bytes. */
export const USUAL_CHUNK = 1024 * 1024;

// A cut is where the hash has zeros under a mask. Before the usual size the mask is two bits stricter than
// one in 2^20 and behind it two bits weaker, so that sizes gather around the usual one (FastCDC's
// normalised chunking). High bits, because they depend on the last 32 bytes and the low ones on fewer.
const STRICT = 0xfffffc00 | 0;
const WEAK = 0xffffc000 | 0;

/**
 * Where the first chunk of `bytes` ends: FastCDC with a gear hash. Depends on nothing but the bytes, so an
 * insertion moves the cuts around it and no others. `bytes` should hold the largest chunk, or all that is left.
 */
export function cutPoint(bytes: Uint8Array): number {
  const end = Math.min(bytes.length, LARGEST_CHUNK);
  const usual = Math.min(end, USUAL_CHUNK);
  let hash = 0;
  let at = Math.min(end, SMALLEST_CHUNK);
  for (; at < usual; at += 1) {
    hash = ((hash << 1) + (gearTable[bytes[at] as number] as number)) | 0;
    if ((hash & STRICT) === 0) return at + 1;
  }
  for (; at < end; at += 1) {
    hash = ((hash << 1) + (gearTable[bytes[at] as number] as number)) | 0;
    if ((hash & WEAK) === 0) return at + 1;
  }
  return end;
}
