import type { BlendHeader } from './blend-header.ts';

/** One member of a structure: where it is, what it is. */
export interface Field {
  /** Bytes from the structure's start. */
  readonly at: number;
  /** The type's name; of a pointer, what it points to. */
  readonly type: string;
  readonly isPointer: boolean;
  /** Bytes altogether: an array's are those of all its elements. */
  readonly size: number;
}

/** One structure. Most of a file's thousand are never asked for their members, so these are made when they are. */
export class Layout {
  readonly name: string;
  readonly size: number;
  readonly #members: () => ReadonlyMap<string, Field>;
  #fields: ReadonlyMap<string, Field> | null = null;

  constructor(name: string, size: number, members: () => ReadonlyMap<string, Field>) {
    this.name = name;
    this.size = size;
    this.#members = members;
  }

  get fields(): ReadonlyMap<string, Field> {
    this.#fields ??= this.#members();
    return this.#fields;
  }
}

/** What structures the Blender that wrote a file had: every .blend brings this with it. */
export interface Dna {
  /** By the number that block heads use. */
  readonly layouts: readonly Layout[];
  readonly byName: ReadonlyMap<string, Layout>;
}

/**
 * Reads the block DNA1: names, types, their sizes, and the structures as pairs of type and name. Null when it is damaged.
 */
export function parseDna(bytes: Buffer, header: BlendHeader): Dna | null {
  try {
    return readDna(new DnaBytes(bytes, header.isLittle), header.pointerSize);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function readDna(bytes: DnaBytes, pointerSize: number): Dna {
  bytes.mark('SDNA');
  bytes.mark('NAME');
  const names = bytes.texts();
  bytes.align();
  bytes.mark('TYPE');
  const types = bytes.texts();
  bytes.align();
  bytes.mark('TLEN');
  const sizes = types.map(() => bytes.short());
  bytes.align();
  bytes.mark('STRC');
  const layouts: Layout[] = [];
  for (let left = bytes.count(4); left > 0; left--) {
    const type = bytes.short();
    const members = bytes.pairs(bytes.short());
    // An index that leads nowhere is damage, also in a structure that nobody asks for.
    for (const [ofType, ofName] of members)
      if (ofType >= types.length || ofName >= names.length) throw leadsNowhere();
    const fields = () => fieldsOf(members, { names, types, sizes, pointerSize });
    layouts.push(new Layout(nth(types, type), nth(sizes, type), fields));
  }
  return { layouts, byName: new Map(layouts.map((layout) => [layout.name, layout])) };
}

interface Tables {
  readonly names: readonly string[];
  readonly types: readonly string[];
  readonly sizes: readonly number[];
  readonly pointerSize: number;
}

/** `members` are pairs: which type, which name. */
function fieldsOf(
  members: readonly (readonly [number, number])[],
  { names, types, sizes, pointerSize }: Tables,
): Map<string, Field> {
  const fields = new Map<string, Field>();
  let at = 0;
  for (const [ofType, ofName] of members) {
    const name = nth(names, ofName);
    const isPointer = name.startsWith('*') || name.startsWith('(');
    const size = (isPointer ? pointerSize : nth(sizes, ofType)) * elements(name);
    fields.set(plainName(name), { at, type: nth(types, ofType), isPointer, size });
    at += size;
  }
  return fields;
}

// `*name`, `name[64]`, `mat[4][4]`, `(*call)()`
function plainName(name: string): string {
  return name.replace(/^[(*]+/, '').replace(/[)[].*$/, '');
}

function elements(name: string): number {
  let count = 1;
  for (const [, dimension] of name.matchAll(/\[(\d+)\]/g)) count *= Number(dimension);
  return count;
}

function nth<T>(list: readonly T[], index: number): T {
  const found = list[index];
  if (found === undefined) throw leadsNowhere();
  return found;
}

function leadsNowhere(): RangeError {
  return new RangeError('an index of the DNA leads nowhere');
}

/** Reads on from where it was; beyond the end it throws RangeError. */
class DnaBytes {
  readonly #bytes: Buffer;
  readonly #isLittle: boolean;
  #at = 0;

  constructor(bytes: Buffer, isLittle: boolean) {
    this.#bytes = bytes;
    this.#isLittle = isLittle;
  }

  mark(expected: string): void {
    if (this.#bytes.toString('latin1', this.#at, this.#at + 4) !== expected)
      throw new RangeError(`${expected} is missing`);
    this.#at += 4;
  }

  align(): void {
    this.#at = (this.#at + 3) & ~3;
  }

  short(): number {
    const value = this.#isLittle ? this.#bytes.readUInt16LE(this.#at) : this.#bytes.readUInt16BE(this.#at);
    this.#at += 2;
    return value;
  }

  /** How many follow, each of at least `least` bytes: a lie is seen before anything is made for it. */
  count(least: number): number {
    const value = this.#isLittle ? this.#bytes.readUInt32LE(this.#at) : this.#bytes.readUInt32BE(this.#at);
    this.#at += 4;
    if (value * least > this.#bytes.length - this.#at) throw new RangeError('more than there is room for');
    return value;
  }

  pairs(count: number): (readonly [number, number])[] {
    return Array.from({ length: count }, () => [this.short(), this.short()] as const);
  }

  /** Each ends with a NUL. */
  texts(): string[] {
    const count = this.count(1);
    const texts = this.#bytes.toString('latin1', this.#at).split('\0', count + 1);
    // What follows the last NUL is no text.
    if (texts.length <= count) throw new RangeError('a name has no end');
    texts.pop();
    this.#at += texts.reduce((bytes, text) => bytes + text.length + 1, 0);
    return texts;
  }
}
