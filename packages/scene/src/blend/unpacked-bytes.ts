import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { FarmError } from '@akashganga/protocol';
import { Decompress } from 'fzstd';
import { cutShort } from './blend-error.ts';
import { HEADER_BYTES } from './blend-header.ts';

const PIECE = 1 << 20;
/** Compressed bytes given to zstd at once. One block of it is at least 3 bytes and at most 128 KiB unpacked. */
const ZSTD_PIECE = 1 << 12;
/** A bomb ends here: no scene is as large, and reading on would take an hour. */
const MOST_UNPACKED = 2 ** 38;

/** The bytes of a .blend in the order of the file as Blender wrote it before it was compressed. */
export interface UnpackedBytes {
  readonly isPacked: boolean;
  /** The next bytes, or null at the end. */
  next(): Promise<Buffer | null>;
  /** Passes bytes by without reading them; returns how many it could pass. */
  skip(length: number): number;
  close(): Promise<void>;
}

/** Opens a .blend, plain, gzip or zstd. Throws `scene.unreadable-file`. */
export async function openUnpacked(path: string): Promise<UnpackedBytes> {
  const file = await open(path, 'r').catch((cause: Error) => {
    throw unreadable(path, cause);
  });
  try {
    const start = Buffer.alloc(4);
    await file.read(start, 0, 4, 0);
    if (start[0] === 0x1f && start[1] === 0x8b) return packedBytes(path, file, gunzipped);
    if (start.readUInt32LE(0) === 0xfd2fb528) return packedBytes(path, file, unzstd);
    return await plainBytes(path, file);
  } catch (cause) {
    await file.close();
    throw cause instanceof FarmError ? cause : unreadable(path, cause as Error);
  }
}

async function plainBytes(path: string, file: FileHandle): Promise<UnpackedBytes> {
  const { size } = await file.stat();
  let at = 0;
  return {
    isPacked: false,
    async next() {
      const piece = Buffer.allocUnsafe(Math.min(PIECE, Math.max(0, size - at)));
      if (piece.length === 0) return null;
      const { bytesRead } = await file.read(piece, 0, piece.length, at).catch((cause: Error) => {
        throw unreadable(path, cause);
      });
      at += bytesRead;
      return bytesRead === 0 ? null : piece.subarray(0, bytesRead);
    },
    skip(length) {
      const passed = Math.min(length, Math.max(0, size - at));
      at += passed;
      return passed;
    },
    close: () => file.close(),
  };
}

type Unpack = (pieces: AsyncIterable<Buffer>) => AsyncGenerator<Uint8Array>;

function packedBytes(path: string, file: FileHandle, unpack: Unpack): UnpackedBytes {
  const source = createReadStream('', { fd: file, start: 0, autoClose: false, highWaterMark: 1 << 18 });
  const pieces = unpack(source as AsyncIterable<Buffer>);
  let unpacked = 0;
  return {
    isPacked: true,
    async next() {
      try {
        const { value, done } = await pieces.next();
        if (done) return null;
        unpacked += value.length;
        if (unpacked > MOST_UNPACKED) throw new Error('it unpacks to more than 256 GiB');
        return Buffer.from(value.buffer, value.byteOffset, value.length);
      } catch (cause) {
        throw packedError(path, cause as NodeJS.ErrnoException, unpacked);
      }
    },
    skip: () => 0,
    async close() {
      source.destroy();
      await pieces.return(undefined).catch(() => undefined);
      await file.close();
    },
  };
}

async function* gunzipped(pieces: AsyncIterable<Buffer>): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip();
  const fed = pipeline(pieces, gunzip);
  // Its failure is seen by the reader below; unheard it would end the process.
  fed.catch(() => undefined);
  for await (const piece of gunzip) yield piece as Buffer;
  await fed;
}

async function* unzstd(pieces: AsyncIterable<Buffer>): AsyncGenerator<Uint8Array> {
  const ready: Uint8Array[] = [];
  const decompress = new Decompress((piece) => {
    if (piece.length > 0) ready.push(piece);
  });
  for await (const piece of pieces)
    for (let at = 0; at < piece.length; at += ZSTD_PIECE) {
      decompress.push(piece.subarray(at, at + ZSTD_PIECE));
      yield* ready.splice(0);
    }
  decompress.push(new Uint8Array(0), true);
  yield* ready.splice(0);
}

function packedError(path: string, cause: NodeJS.ErrnoException, unpacked: number): FarmError {
  if (cause.syscall === 'read') return unreadable(path, cause);
  const why = 'its compressed data breaks off or is damaged';
  return unpacked >= HEADER_BYTES
    ? cutShort(path, why, cause)
    : new FarmError('scene.not-blend', { path, why }, { cause });
}

function unreadable(path: string, cause: Error): FarmError {
  return new FarmError('scene.unreadable-file', { path, why: cause.message }, { cause });
}
