import { crc32 } from 'node:zlib';
import { directoryRecord, endRecords, fileRecord } from './zip-records.ts';

/** A file of a zip: its bytes at once, or a large one's in pieces with the checksum that they have. */
export type ZipEntry = { readonly name: string; readonly changed: Date } & (
  | { readonly bytes: Uint8Array }
  | { readonly size: number; readonly crc: number; readonly pieces: AsyncIterable<Uint8Array> }
);

/** Small records are sent together. */
const PIECE = 128 * 1024;

/**
 * A ZIP file of stored entries, as it is asked for: nothing is written to disk, and in memory are one piece and 80
 * bytes and the name of each entry. Sizes and checksums stand before the bytes, so it can also be unpacked while it
 * arrives. Throws when the pieces of a file are not of the size and checksum that were said.
 */
export async function* zipStream(entries: AsyncIterable<ZipEntry>): AsyncGenerator<Uint8Array> {
  const directory: Buffer[] = [];
  let waiting: Uint8Array[] = [];
  let held = 0;
  let at = 0;
  function* add(bytes: Uint8Array): Generator<Uint8Array> {
    at += bytes.length;
    held += bytes.length;
    waiting.push(bytes);
    if (held < PIECE) return;
    yield waiting.length === 1 ? bytes : Buffer.concat(waiting, held);
    waiting = [];
    held = 0;
  }
  for await (const entry of entries) {
    const isWhole = 'bytes' in entry;
    const size = isWhole ? entry.bytes.length : entry.size;
    const crc = isWhole ? crc32(entry.bytes) : entry.crc;
    const facts = { name: entry.name, changed: entry.changed, size, crc };
    directory.push(directoryRecord(facts, at));
    yield* add(fileRecord(facts));
    if (isWhole) yield* add(entry.bytes);
    else for await (const piece of asPromised(entry)) yield* add(piece);
  }
  const begin = at;
  for (const record of directory) yield* add(record);
  yield* add(endRecords(directory.length, at - begin, begin));
  if (held > 0) yield Buffer.concat(waiting, held);
}

async function* asPromised(entry: Extract<ZipEntry, { pieces: unknown }>): AsyncGenerator<Uint8Array> {
  let size = 0;
  let crc = 0;
  for await (const piece of entry.pieces) {
    size += piece.length;
    crc = crc32(piece, crc);
    yield piece;
  }
  if (size !== entry.size || crc !== entry.crc) throw new Error(`${entry.name} changed while it was sent`);
}
