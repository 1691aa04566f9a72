import { type BlendHeader, readPointer } from './blend-header.ts';
import type { Dna, Field, Layout } from './parse-dna.ts';
import type { Block } from './walk-blocks.ts';

/** A text of fixed room in a file. */
export interface TextField {
  readonly text: string;
  /** Where it begins in the unpacked file, and how many bytes it may take with its closing NUL. */
  readonly at: number;
  readonly room: number;
}

/**
 * One structure of a block, its members by name, as `id.name`. What this file's DNA does not have, and what lies beyond
 * the block, is null: files of all versions are read with the same words.
 */
export class StructView {
  readonly layout: Layout;
  readonly #bytes: Buffer;
  /** In the unpacked file. */
  readonly #at: number;
  readonly #dna: Dna;
  readonly #header: BlendHeader;

  constructor(file: { dna: Dna; header: BlendHeader }, block: Block, layout: Layout, index: number) {
    this.layout = layout;
    this.#dna = file.dna;
    this.#header = file.header;
    this.#at = block.at + index * layout.size;
    this.#bytes = block.bytes.subarray(index * layout.size);
  }

  int(name: string): number | null {
    const field = this.#field(name);
    if (!field || field.isPointer) return null;
    const { isLittle } = this.#header;
    const at = field.at;
    if (field.type === 'float') return isLittle ? this.#bytes.readFloatLE(at) : this.#bytes.readFloatBE(at);
    if (field.size === 1) return this.#bytes.readInt8(at);
    if (field.size === 2) return isLittle ? this.#bytes.readInt16LE(at) : this.#bytes.readInt16BE(at);
    if (field.size === 4) return isLittle ? this.#bytes.readInt32LE(at) : this.#bytes.readInt32BE(at);
    return null;
  }

  /** 0n for a pointer to nothing. */
  pointer(name: string): bigint | null {
    const field = this.#field(name);
    if (!field?.isPointer || field.size !== this.#header.pointerSize) return null;
    return readPointer(this.#bytes, field.at, this.#header.pointerSize, this.#header.isLittle);
  }

  isSet(name: string): boolean {
    return (this.pointer(name) ?? 0n) !== 0n;
  }

  /** An array of characters in the structure itself; null if it is none, as a pointer to text. */
  text(name: string): TextField | null {
    const field = this.#field(name);
    if (!field || field.isPointer || field.type !== 'char' || field.size < 2) return null;
    const bytes = this.#bytes.subarray(field.at, field.at + field.size);
    return { text: textOf(bytes), at: this.#at + field.at, room: field.size };
  }

  /** The name of a data-block, without the two letters of its kind. */
  get idName(): string {
    return this.text('id.name')?.text.slice(2) ?? '';
  }

  #field(path: string): Field | null {
    let layout: Layout | undefined = this.layout;
    let at = 0;
    let found: Field | undefined;
    for (const name of path.split('.')) {
      found = layout?.fields.get(name);
      if (!found) return null;
      at += found.at;
      layout = found.isPointer ? undefined : this.#dna.byName.get(found.type);
    }
    if (!found || at + found.size > this.#bytes.length) return null;
    return { ...found, at };
  }
}

/** Up to the first NUL; UTF-8, or Latin-1 as the oldest Blenders wrote. */
export function textOf(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  const used = end < 0 ? bytes : bytes.subarray(0, end);
  const text = used.toString('utf8');
  return text.includes('\ufffd') ? used.toString('latin1') : text;
}
