import { open } from 'node:fs/promises';
import { FarmError } from '@akashganga/protocol';
import { type BlendHeader, lengthBytes } from '../blend/blend-header.ts';
import { openUnpacked } from '../blend/unpacked-bytes.ts';
import type { Rewrite } from './place-scene.ts';

interface Patch {
  readonly at: number;
  readonly removes: number;
  readonly bytes: Buffer;
}

/**
 * Copies a .blend to `target` with other paths in it, unpacked. The same rewrites of the same file give the same bytes.
 * Memory is a piece of the file. Throws `scene.file-changed` if it is shorter than it was when it was read.
 */
export async function rewriteBlend(
  source: string,
  target: string,
  header: BlendHeader,
  rewrites: readonly Rewrite[],
): Promise<void> {
  const patches = rewrites.flatMap((one) => patchesOf(one, header)).sort((a, b) => a.at - b.at);
  const input = await openUnpacked(source);
  const output = await open(target, 'wx', 0o600);
  try {
    const patched = new Patching(patches);
    for (let piece = await input.next(); piece; piece = await input.next())
      for (const part of patched.apply(piece)) await output.appendFile(part);
    if (!patched.isDone) throw new FarmError('scene.file-changed', { path: source, what: 'was written to' });
  } finally {
    await output.close();
    await input.close();
  }
}

/** Puts patches into a stream of pieces, each at its place in the stream as it was. */
class Patching {
  readonly #patches: readonly Patch[];
  #at = 0;
  #next = 0;
  #removing = 0;

  constructor(patches: readonly Patch[]) {
    this.#patches = patches;
  }

  get isDone(): boolean {
    return this.#next === this.#patches.length && this.#removing === 0;
  }

  *apply(piece: Buffer): Iterable<Buffer> {
    const end = this.#at + piece.length;
    const start = this.#at;
    while (this.#at < end) {
      const gone = Math.min(this.#removing, end - this.#at);
      this.#removing -= gone;
      this.#at += gone;
      const patch = this.#patches[this.#next];
      const until = Math.min(end, patch?.at ?? end);
      if (until > this.#at) yield piece.subarray(this.#at - start, until - start);
      this.#at = Math.max(this.#at, until);
      if (!patch || this.#at !== patch.at || this.#at >= end) continue;
      yield patch.bytes;
      this.#removing = patch.removes;
      this.#next += 1;
    }
  }
}

function patchesOf({ field, text }: Rewrite, header: BlendHeader): Patch[] {
  const bytes = Buffer.from(text);
  if (field.lengthAt === null || bytes.length < field.room) {
    const filled = Buffer.alloc(field.room);
    bytes.copy(filled);
    return [{ at: field.at, removes: field.room, bytes: filled }];
  }
  // Text in a block of its own may grow, because nothing in a .blend counts bytes from its start. Blocks are whole fours.
  const grown = Buffer.alloc((bytes.length + 4) & ~3);
  bytes.copy(grown);
  const length = lengthBytes(grown.length, header).bytes;
  return [
    { at: field.lengthAt, removes: length.length, bytes: length },
    { at: field.at, removes: field.room, bytes: grown },
  ];
}
