import { cutShort } from '../blend/blend-error.ts';
import type { BlendHeader, BlockHead } from '../blend/blend-header.ts';
import { type Dna, type Layout, parseDna } from '../blend/parse-dna.ts';
import { StructView } from '../blend/struct-view.ts';
import { type Block, type BlockReader, walkBlocks } from '../blend/walk-blocks.ts';
import { BlockGroup } from './block-group.ts';
import { BrushTools } from './brush-tools.ts';
import { PATH_HOLDERS, POINTED_TO, TEXT_POINTERS, usesCacheFolder } from './path-holders.ts';
import type { Reference } from './reference.ts';
import { type SceneFacts, SceneNotes } from './scene-facts.ts';

/** What a .blend says of itself, without Blender. */
export interface BlendContents {
  readonly header: BlendHeader;
  readonly scenes: readonly SceneFacts[];
  /** The scene that was open when it was saved. */
  readonly activeScene: string | null;
  readonly references: readonly Reference[];
  /** Some of it keeps a cache in the folder that Blender names after the .blend. */
  readonly usesCacheFolder: boolean;
}

/** More than a manifest holds. */
const MOST_REFERENCES = 1_000_000;

/**
 * Reads version, scenes and every external path from the file's own DNA. The file is gone through twice, because its DNA
 * is at its end; of it all only one data-block with its paths is in memory. Throws `scene.not-blend`,
 * `scene.truncated`, `scene.unreadable-file`.
 */
export async function readBlend(path: string): Promise<BlendContents> {
  const { header, dna } = await readDnaOf(path);
  const finder = new ReferenceFinder(path, { header, dna });
  try {
    await walkBlocks(path, finder);
    return finder.contents();
  } catch (error) {
    if (error instanceof RangeError) throw cutShort(path, error.message, error);
    throw error;
  }
}

async function readDnaOf(path: string): Promise<{ header: BlendHeader; dna: Dna }> {
  const found: { dna: Dna | null } = { dna: null };
  const header = await walkBlocks(path, {
    wants: ({ code }) => code === 'DNA1' && !found.dna,
    take: (block, itsHeader) => {
      found.dna = parseDna(block.bytes, itsHeader);
    },
  });
  if (!found.dna) throw cutShort(path, 'the description of its own data is missing or damaged');
  return { header, dna: found.dna };
}

class ReferenceFinder implements BlockReader {
  readonly #path: string;
  readonly #file: { readonly header: BlendHeader; readonly dna: Dna };
  readonly #references: Reference[] = [];
  readonly #notes = new SceneNotes();
  readonly #brushes = new BrushTools();
  /** Of pictures: where they were in memory. */
  readonly #addresses = new Map<Reference, bigint>();
  #group: BlockGroup | null = null;
  #address = 0n;
  #texts = new Set<bigint>();
  #usesCacheFolder = false;

  constructor(path: string, file: { header: BlendHeader; dna: Dna }) {
    this.#path = path;
    this.#file = file;
  }

  wants(head: BlockHead): boolean {
    const layout = this.#layout(head);
    if (head.code === 'DATA')
      return this.#texts.has(head.address) || (layout !== null && isKept(layout.name));
    return head.code === 'GLOB' || (layout !== null && isDataBlock(layout));
  }

  take(block: Block): void {
    const layout = this.#layout(block);
    if (block.code !== 'DATA') {
      this.#endGroup();
      return this.#begin(block, layout);
    }
    if (!this.#group) return;
    const isText = this.#texts.has(block.address);
    this.#group.add(block, isText ? null : layout);
    if (isText || !layout || !TEXT_POINTERS.has(layout.name)) return;
    for (const view of this.#group.at(block.address)) this.#expectTexts(view);
  }

  contents(): BlendContents {
    this.#endGroup();
    return {
      header: this.#file.header,
      ...this.#notes.facts(),
      references: this.#weighed(),
      usesCacheFolder: this.#usesCacheFolder,
    };
  }

  #begin(block: Block, layout: Layout | null): void {
    if (!layout) return;
    const view = new StructView(this.#file, block, layout, 0);
    if (block.code === 'GLOB') return this.#notes.takeGlobal(view);
    this.#notes.takeDataBlock(view, block.address);
    this.#brushes.take(view, block.address);
    this.#address = block.address;
    this.#group = new BlockGroup(this.#file, view);
    this.#expectTexts(view);
  }

  #endGroup(): void {
    const group = this.#group;
    this.#group = null;
    this.#texts = new Set();
    if (!group) return;
    for (const view of group.views()) {
      const found = PATH_HOLDERS.get(view.layout.name)?.(view, group) ?? [];
      for (const one of found) if (one) this.#keep(one);
      this.#usesCacheFolder ||= usesCacheFolder(view);
    }
    if (this.#references.length > MOST_REFERENCES)
      throw cutShort(this.#path, `it refers to more than ${MOST_REFERENCES} files`);
  }

  #keep(reference: Reference): void {
    this.#references.push(reference);
    if (reference.kind === 'image') this.#addresses.set(reference, this.#address);
  }

  /** The references; a picture that may be only a tool is not needed for sure. */
  #weighed(): Reference[] {
    const tools = this.#brushes.tools();
    const isTool = (one: Reference) => tools.has(this.#addresses.get(one) ?? 0n);
    return this.#references.map((one) => (isTool(one) ? { ...one, isNeeded: false } : one));
  }

  #expectTexts(view: StructView): void {
    for (const name of TEXT_POINTERS.get(view.layout.name) ?? []) {
      const address = view.pointer(name);
      if (address) this.#texts.add(address);
    }
  }

  #layout(head: BlockHead): Layout | null {
    return this.#file.dna.layouts[head.struct] ?? null;
  }
}

function isKept(name: string): boolean {
  return PATH_HOLDERS.has(name) || POINTED_TO.has(name);
}

/** All data-blocks begin with the same structure, which has their names. */
function isDataBlock(layout: Layout): boolean {
  const [first] = layout.fields.values();
  return first?.type === 'ID' && !first.isPointer;
}
