import { createReadStream } from 'node:fs';
import { chmod, mkdir, open, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { Chunk, type Digest, digestHex, FarmError, type ManifestFile } from '@akashganga/protocol';
import { type BlobReader, type ByteRange, writeVerified } from '@akashganga/storage';
import { z } from 'zod';
import { Assembly } from './assembly.ts';

/** Where the bytes of a file are at the moment; renamed when the file is whole. */
export interface Place {
  path: string;
}

interface Located {
  readonly path: string;
  readonly offset: number;
  readonly size: number;
}

export type StoredFile = Pick<ManifestFile, 'digest' | 'size' | 'chunks' | 'executable'>;

const Chunks = z.array(Chunk);

/**
 * The files of this worker by digest: each once, whole and read-only under its name, or `.part` while it is
 * put together from chunks. Chunks are not kept beside the files: they are given out, and used again for
 * other files, from where they lie in them. A file that is executable in a manifest is kept apart from the
 * same bytes that are not, because hard links share their permissions.
 */
export class FileStore implements BlobReader {
  readonly folder: string;
  readonly #chunks = new Map<Digest, { place: Place; offset: number; size: number }>();

  constructor(folder: string) {
    this.folder = folder;
  }

  /** Reads which chunks an earlier process left in whole files. */
  async load(): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    for (const name of await readdir(this.folder, { recursive: true })) {
      if (!name.endsWith('.chunks')) continue;
      const sidecar = join(this.folder, name);
      const path = sidecar.slice(0, -'.chunks'.length);
      const chunks = Chunks.safeParse(parseJson(await readFile(sidecar, 'utf8').catch(() => '')));
      if (chunks.success && (await sizeOf(path)) !== null) this.#index({ path }, chunks.data);
      else if ((await sizeOf(path)) === null) await rm(sidecar, { force: true });
    }
  }

  path({ digest, executable }: Pick<StoredFile, 'digest' | 'executable'>): string {
    const hex = digestHex(digest);
    return join(this.folder, hex.slice(0, 2), executable ? `${hex}.x` : hex);
  }

  async holds(file: StoredFile): Promise<boolean> {
    return (await sizeOf(this.path(file))) === file.size;
  }

  /** Keeps a file of one blob, or a manifest. */
  async put(file: Pick<StoredFile, 'digest' | 'executable'>, bytes: Buffer): Promise<void> {
    const path = this.path(file);
    await writeVerified(path, file.digest, [bytes]);
    await chmod(path, file.executable ? 0o555 : 0o444);
  }

  /** A file that is put together from its chunks; what an earlier process had of it is kept if it is right. */
  async assemble(file: StoredFile): Promise<Assembly> {
    const path = this.path(file);
    await mkdir(join(path, '..'), { recursive: true });
    const place: Place = { path: `${path}.part` };
    const assembly = new Assembly(file, place, path, {
      onChunk: (chunk, offset) => this.#chunks.set(chunk.digest, { place, offset, size: chunk.size }),
      beforeWhole: () => writeFile(`${path}.chunks`, JSON.stringify(file.chunks)),
    });
    await assembly.resume();
    return assembly;
  }

  /** Forgets and deletes a whole file. */
  async delete(path: string): Promise<void> {
    for (const [digest, { place }] of this.#chunks) if (place.path === path) this.#chunks.delete(digest);
    await rm(path, { force: true });
    await rm(`${path}.chunks`, { force: true });
  }

  /** Chunks it has, the latest first, at most `most` of them. */
  held(most: number): Digest[] {
    return [...this.#chunks.keys()].reverse().slice(0, most);
  }

  /** A blob of at most 4 MiB as it lies here, not verified; null when it is not here. */
  async read(digest: Digest): Promise<Buffer | null> {
    const located = await this.#locate(digest);
    if (!located) return null;
    const file = await open(located.path, 'r').catch(() => null);
    if (!file) return null;
    try {
      const bytes = Buffer.allocUnsafe(located.size);
      const { bytesRead } = await file.read(bytes, 0, located.size, located.offset);
      return bytesRead === located.size ? bytes : null;
    } finally {
      await file.close();
    }
  }

  async size(digest: Digest): Promise<number | null> {
    return (await this.#locate(digest))?.size ?? null;
  }

  async has(digest: Digest): Promise<boolean> {
    return (await this.#locate(digest)) !== null;
  }

  async get(digest: Digest, range?: ByteRange): Promise<Readable> {
    const located = await this.#locate(digest);
    if (!located) throw new FarmError('blob.unknown', { digest });
    const { path, offset, size } = located;
    const start = offset + (range?.start ?? 0);
    const end = offset + Math.min(range?.end ?? size - 1, size - 1);
    return createReadStream(path, { start, end, highWaterMark: 256 * 1024 });
  }

  async #locate(digest: Digest): Promise<Located | null> {
    const chunk = this.#chunks.get(digest);
    if (chunk && (await sizeOf(chunk.place.path)) !== null) {
      return { path: chunk.place.path, offset: chunk.offset, size: chunk.size };
    }
    for (const executable of [undefined, true] as const) {
      const path = this.path({ digest, executable });
      const size = await sizeOf(path);
      if (size !== null) return { path, offset: 0, size };
    }
    return null;
  }

  #index(place: Place, chunks: readonly Chunk[]): void {
    let offset = 0;
    for (const { digest, size } of chunks) {
      this.#chunks.set(digest, { place, offset, size });
      offset += size;
    }
  }
}

async function sizeOf(path: string): Promise<number | null> {
  const found = await stat(path).catch(() => null);
  return found?.isFile() ? found.size : null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
