import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { FarmError } from '@akashganga/protocol';
import { Decompress } from 'fzstd';

export interface BlendHeader {
  /** Of the Blender that wrote it, as "3.4". */
  readonly blender: string;
}

/**
 * Reads a .blend from end to end, plain, gzip or zstd, and makes sure that its blocks lead to its end
 * mark. Memory is bounded by the pieces read. Throws `scene.not-blend`, `scene.truncated`.
 */
export async function walkBlend(path: string): Promise<BlendHeader> {
  const walker = new BlendWalker(path);
  try {
    await pipeline(createReadStream(path, { highWaterMark: 1 << 18 }), async (pieces) => {
      for await (const piece of unpacked(pieces as AsyncIterable<Buffer>)) {
        walker.add(piece);
        if (walker.isDone) return;
      }
    });
  } catch (cause) {
    throw cause instanceof FarmError ? cause : readError(path, cause, walker);
  }
  return walker.end();
}

function readError(path: string, cause: unknown, walker: BlendWalker): FarmError {
  const why = (cause as Error).message;
  if ((cause as NodeJS.ErrnoException).syscall === 'read')
    return new FarmError('scene.unreadable-file', { path, why }, { cause });
  const sentence = 'its compressed data breaks off or is damaged';
  return walker.isBlend
    ? new FarmError('scene.truncated', { path, why: sentence }, { cause })
    : new FarmError('scene.not-blend', { path, why: sentence }, { cause });
}

async function* unpacked(pieces: AsyncIterable<Buffer>): AsyncIterable<Uint8Array> {
  const source = pieces[Symbol.asyncIterator]();
  const first = await source.next();
  if (first.done) return;
  const all = chain(first.value, source);
  if (first.value[0] === 0x1f && first.value[1] === 0x8b) yield* gunzipped(all);
  else if (first.value.length >= 4 && first.value.readUInt32LE(0) === 0xfd2fb528) yield* unzstd(all);
  else yield* all;
}

async function* chain(first: Buffer, rest: AsyncIterator<Buffer>): AsyncIterable<Buffer> {
  yield first;
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
}

async function* gunzipped(pieces: AsyncIterable<Buffer>): AsyncIterable<Uint8Array> {
  const gunzip = createGunzip();
  const fed = pipeline(pieces, gunzip);
  // Its failure is seen by the reader below; unheard it would end the process.
  fed.catch(() => undefined);
  for await (const piece of gunzip) yield piece as Buffer;
  await fed;
}

async function* unzstd(pieces: AsyncIterable<Buffer>): AsyncIterable<Uint8Array> {
  const ready: Uint8Array[] = [];
  const decompress = new Decompress((piece) => ready.push(piece));
  for await (const piece of pieces) {
    decompress.push(piece);
    yield* ready.splice(0);
  }
  decompress.push(new Uint8Array(0), true);
  yield* ready.splice(0);
}

const END = 'ENDB';

const KNOWN_STARTS: readonly (readonly [string, string])[] = [
  ['MZ', 'it is a Windows program'],
  ['\x7fELF', 'it is a Linux program'],
  ['PK\x03\x04', 'it is a zip archive; unpack it first'],
  ['\x89PNG', 'it is a PNG picture'],
  ['%PDF', 'it is a PDF document'],
  ['BLENDER', 'its header is of a kind this release does not know'],
];

/** Goes from block to block without keeping what is in them. */
class BlendWalker {
  readonly #path: string;
  #header: { blender: string; blockHead: number; isLittle: boolean } | null = null;
  #carried: Buffer = Buffer.alloc(0);
  #skip = 0;
  isDone = false;

  constructor(path: string) {
    this.#path = path;
  }

  get isBlend(): boolean {
    return this.#header !== null;
  }

  add(piece: Uint8Array): void {
    let bytes =
      this.#carried.length > 0
        ? Buffer.concat([this.#carried, piece])
        : Buffer.from(piece.buffer, piece.byteOffset, piece.length);
    while (!this.isDone) {
      const passed = Math.min(this.#skip, bytes.length);
      this.#skip -= passed;
      bytes = bytes.subarray(passed);
      const used = this.#header ? this.#block(bytes, this.#header) : this.#head(bytes);
      if (used === 0) break;
      bytes = bytes.subarray(used);
    }
    this.#carried = Buffer.from(bytes);
  }

  // 12 bytes up to Blender 4.x: BLENDER, pointer size (_ 4, - 8), byte order (v little, V big), version.
  // 17 bytes from 5.0: BLENDER, length, -, format version, v, version.
  #head(bytes: Buffer): number {
    if (bytes.length < 17) return 0;
    const text = bytes.toString('latin1', 0, 17);
    const old = /^BLENDER([_-])([vV])(\d)(\d\d)/.exec(text);
    const recent = /^BLENDER17-01v(\d\d)(\d\d)/.exec(text);
    if (old) {
      const [, pointer, order, major, minor] = old;
      this.#header = {
        blender: `${major}.${Number(minor)}`,
        blockHead: pointer === '_' ? 20 : 24,
        isLittle: order === 'v',
      };
      return 12;
    }
    if (recent) {
      this.#header = { blender: `${Number(recent[1])}.${Number(recent[2])}`, blockHead: 32, isLittle: true };
      return 17;
    }
    throw this.#notBlend(bytes);
  }

  #notBlend(bytes: Buffer): FarmError {
    const start = bytes.toString('latin1', 0, 17);
    const why = KNOWN_STARTS.find(([text]) => start.startsWith(text))?.[1] ?? 'it does not begin as one does';
    return new FarmError('scene.not-blend', { path: this.#path, why });
  }

  #block(bytes: Buffer, header: { blockHead: number; isLittle: boolean }): number {
    if (bytes.length < 4 || this.#skip > 0) return 0;
    if (bytes.toString('latin1', 0, 4) === END) {
      this.isDone = true;
      return 4;
    }
    if (bytes.length < header.blockHead) return 0;
    const length = blockLength(bytes, header);
    if (length < 0 || !Number.isSafeInteger(length))
      throw new FarmError('scene.truncated', {
        path: this.#path,
        why: 'one of its blocks has an impossible length',
      });
    this.#skip = length;
    return header.blockHead;
  }

  end(): BlendHeader {
    if (!this.#header) {
      const why = this.#carried.length === 0 ? 'it is empty' : `it has only ${this.#carried.length} bytes`;
      throw new FarmError('scene.not-blend', { path: this.#path, why });
    }
    if (!this.isDone)
      throw new FarmError('scene.truncated', { path: this.#path, why: 'its end mark is missing' });
    return { blender: this.#header.blender };
  }
}

function blockLength(bytes: Buffer, header: { blockHead: number; isLittle: boolean }): number {
  // 5.x: code 4, index 4, old pointer 8, length 8, count 8.
  if (header.blockHead === 32) return Number(bytes.readBigInt64LE(16));
  return header.isLittle ? bytes.readInt32LE(4) : bytes.readInt32BE(4);
}
