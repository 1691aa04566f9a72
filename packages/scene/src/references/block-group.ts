import type { BlendHeader } from '../blend/blend-header.ts';
import { lengthBytes } from '../blend/blend-header.ts';
import type { Dna, Layout } from '../blend/parse-dna.ts';
import { StructView, textOf } from '../blend/struct-view.ts';
import type { Block } from '../blend/walk-blocks.ts';
import type { PathField } from './reference.ts';

/** Bytes and structures of one data-block. Real ones have a hundredth of it; only a file made to do harm has more. */
const MOST_BYTES = 2 ** 28;
const MOST_STRUCTURES = 1_000_000;

/**
 * A data-block with those of its parts that were kept. Pointers of a .blend mean something only inside such a group:
 * another data-block may have been written from the same memory.
 */
export class BlockGroup {
  readonly owner: StructView;
  readonly #file: { readonly dna: Dna; readonly header: BlendHeader };
  #bytesLeft = MOST_BYTES;
  #structuresLeft = MOST_STRUCTURES;
  readonly #parts = new Map<bigint, { block: Block; layout: Layout | null }>();

  constructor(file: { dna: Dna; header: BlendHeader }, owner: StructView) {
    this.#file = file;
    this.owner = owner;
  }

  get name(): string {
    return this.owner.idName;
  }

  /** Throws RangeError when it becomes more than a data-block can be; so does what reads its structures. */
  add(block: Block, layout: Layout | null): void {
    this.#bytesLeft -= block.bytes.length;
    if (this.#bytesLeft < 0) throw new RangeError('a data-block has too many bytes');
    this.#parts.set(block.address, { block, layout });
  }

  /** The structures at the other end of a pointer, if they were kept. */
  at(address: bigint | null): readonly StructView[] {
    const part = address === null ? undefined : this.#parts.get(address);
    return part?.layout ? this.#views(part.block, part.layout) : [];
  }

  /** All kept structures of a kind. */
  all(name: string): readonly StructView[] {
    const found = [...this.#parts.values()].filter(({ layout }) => layout?.name === name);
    return found.flatMap(({ block, layout }) => (layout ? this.#views(block, layout) : []));
  }

  /** Text at the other end of a pointer. */
  textAt(address: bigint | null): { text: string; field: PathField } | null {
    const part = address === null ? undefined : this.#parts.get(address);
    if (!part || part.layout) return null;
    const { header } = this.#file;
    const { at, bytes } = part.block;
    const lengthAt = at - header.blockHead + lengthBytes(0, header).at;
    return { text: textOf(bytes), field: { at, room: bytes.length, lengthAt } };
  }

  *views(): Iterable<StructView> {
    yield this.owner;
    for (const { block, layout } of this.#parts.values()) if (layout) yield* this.#views(block, layout);
  }

  #views(block: Block, layout: Layout): StructView[] {
    const count = layout.size === 0 ? 0 : Math.min(block.count, Math.floor(block.bytes.length / layout.size));
    this.#structuresLeft -= count;
    if (this.#structuresLeft < 0) throw new RangeError('a data-block has too many structures');
    return Array.from({ length: count }, (_, index) => new StructView(this.#file, block, layout, index));
  }
}
