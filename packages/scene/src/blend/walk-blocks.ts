import { FarmError } from '@akashganga/protocol';
import { cutShort, notBlend } from './blend-error.ts';
import { type BlendHeader, type BlockHead, HEADER_BYTES, readBlockHead, readHeader } from './blend-header.ts';
import { openUnpacked, type UnpackedBytes } from './unpacked-bytes.ts';

/** A block that was asked for. `at` is where its data begins in the unpacked file. */
export interface Block extends BlockHead {
  readonly at: number;
  readonly bytes: Buffer;
}

export interface BlockReader {
  /** Whether the block's data is wanted. The others are passed by, and never in memory as a whole. */
  wants(head: BlockHead, header: BlendHeader): boolean;
  take(block: Block, header: BlendHeader): void;
}

/** More than any block that holds paths: an image strip of 200,000 pictures has 51 MB. */
const MOST_BLOCK = 1 << 26;
/** ENDB. */
const END_MARK = 0x454e4442;

/**
 * Goes from block to block to the file's end mark. Memory is a piece of the file and one wanted block. Throws
 * `scene.not-blend`, `scene.truncated` and `scene.unreadable-file`.
 */
export async function walkBlocks(path: string, reader: BlockReader): Promise<BlendHeader> {
  const source = await openUnpacked(path);
  try {
    return await new BlockWalk(path, source, reader).run();
  } finally {
    await source.close();
  }
}

class BlockWalk {
  readonly #path: string;
  readonly #source: UnpackedBytes;
  readonly #reader: BlockReader;
  #window: Buffer = Buffer.alloc(0);
  /** The same bytes, for numbers. */
  #view = viewOf(this.#window);
  #used = 0;
  /** Where in the unpacked file the window's unused part begins. */
  #at = 0;

  constructor(path: string, source: UnpackedBytes, reader: BlockReader) {
    this.#path = path;
    this.#source = source;
    this.#reader = reader;
  }

  async run(): Promise<BlendHeader> {
    const header = await this.#header();
    this.#pass(header.length);
    // A file has a hundred thousand blocks: what is in memory already is waited for by none of them.
    for (;;) {
      // The end mark may stand alone, without the rest of a head.
      if (!this.#holds(4) && !(await this.#has(4))) throw cutShort(this.#path, 'its end mark is missing');
      if (this.#view.getUint32(this.#used) === END_MARK) return header;
      if (!this.#holds(header.blockHead) && !(await this.#has(header.blockHead)))
        throw cutShort(this.#path, 'its end mark is missing');
      const head = readBlockHead(this.#view, this.#used, header);
      if (!head) throw cutShort(this.#path, 'one of its blocks has an impossible length');
      this.#pass(header.blockHead);
      const isWanted = this.#reader.wants(head, header);
      if (!this.#holds(head.length)) await this.#reach(head, isWanted);
      else if (!isWanted) this.#pass(head.length);
      if (isWanted) this.#take(head, header);
    }
  }

  async #header(): Promise<BlendHeader> {
    await this.#has(HEADER_BYTES);
    const found = this.#window.length;
    if (found === 0) throw new FarmError('scene.not-blend', { path: this.#path, why: 'it is empty' });
    if (found < HEADER_BYTES)
      throw new FarmError('scene.not-blend', { path: this.#path, why: `it has only ${found} bytes` });
    const header = readHeader(this.#window);
    if (header) return header;
    throw notBlend(this.#path, this.#window.subarray(0, HEADER_BYTES));
  }

  /** Goes on in the file until the wanted block is in memory, or one that is not wanted is passed. */
  async #reach(head: BlockHead, isWanted: boolean): Promise<void> {
    if (isWanted && head.length > MOST_BLOCK)
      throw cutShort(this.#path, `a block ${head.code} claims ${head.length} bytes`);
    const isThere = isWanted ? await this.#has(head.length) : await this.#skip(head.length);
    if (!isThere) throw cutShort(this.#path, 'its last block breaks off');
  }

  #take(head: BlockHead, header: BlendHeader): void {
    // A copy, so that what is kept of a file is not its whole pieces.
    const bytes = Buffer.from(this.#window.subarray(this.#used, this.#used + head.length));
    this.#reader.take({ ...head, at: this.#at, bytes }, header);
    this.#pass(head.length);
  }

  #holds(length: number): boolean {
    return this.#window.length - this.#used >= length;
  }

  async #has(length: number): Promise<boolean> {
    if (this.#holds(length)) return true;
    const parts = [this.#window.subarray(this.#used)];
    let held = this.#window.length - this.#used;
    while (held < length) {
      const piece = await this.#source.next();
      if (!piece) break;
      parts.push(piece);
      held += piece.length;
    }
    this.#move(parts.length === 1 ? (parts[0] ?? this.#window) : Buffer.concat(parts));
    return held >= length;
  }

  #move(window: Buffer): void {
    this.#window = window;
    this.#view = viewOf(window);
    this.#used = 0;
  }

  #pass(length: number): void {
    this.#used += length;
    this.#at += length;
  }

  async #skip(length: number): Promise<boolean> {
    let left = length;
    for (;;) {
      const here = Math.min(left, this.#window.length - this.#used);
      this.#pass(here);
      left -= here;
      if (left === 0) return true;
      const passed = this.#source.skip(left);
      this.#at += passed;
      left -= passed;
      const piece = await this.#source.next();
      if (!piece) return left === 0;
      this.#move(piece);
    }
  }
}

function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
