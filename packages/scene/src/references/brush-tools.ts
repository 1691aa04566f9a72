import type { StructView } from '../blend/struct-view.ts';

const FAKE_USER = 1 << 9;

interface Users {
  /** How often data-blocks of the file use it, without the user that only keeps it. */
  readonly count: number;
  /** Uses of it as a tool. */
  tools: number;
}

/**
 * Finds pictures that brushes use. Those are tools, and no render shows them, unless something else uses them as well. Old
 * Blenders wrote down how many users a data-block has, newer ones write 0; then only Blender can tell, in the probe.
 */
export class BrushTools {
  readonly #users = new Map<bigint, Users>();
  readonly #textures: { readonly address: bigint; readonly image: bigint }[] = [];
  readonly #brushUses: bigint[] = [];

  take(view: StructView, address: bigint): void {
    const { name } = view.layout;
    if (name === 'Image' || name === 'Tex') this.#users.set(address, { count: usersOf(view), tools: 0 });
    if (name === 'Tex') this.#textures.push({ address, image: view.pointer('ima') ?? 0n });
    if (name !== 'Brush') return;
    for (const path of ['mtex.tex', 'mask_mtex.tex', 'clone.image'])
      this.#brushUses.push(view.pointer(path) ?? 0n);
  }

  /** The addresses of pictures that may be nothing else. */
  tools(): ReadonlySet<bigint> {
    for (const use of this.#brushUses) this.#use(use);
    for (const { address, image } of this.#textures) if (this.#isTool(address)) this.#use(image);
    return new Set([...this.#users.keys()].filter((address) => this.#isTool(address)));
  }

  #use(address: bigint): void {
    const users = this.#users.get(address);
    if (users) users.tools += 1;
  }

  #isTool(address: bigint): boolean {
    const users = this.#users.get(address);
    return users !== undefined && users.tools > 0 && (users.count === 0 || users.tools >= users.count);
  }
}

function usersOf(view: StructView): number {
  const isKept = ((view.int('id.flag') ?? 0) & FAKE_USER) !== 0;
  return Math.max(0, (view.int('id.us') ?? 0) - (isKept ? 1 : 0));
}
