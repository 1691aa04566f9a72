import { createHash } from 'node:crypto';
import { chmod, type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { blobsOfFile, type Chunk, type Digest, FarmError } from '@akashganga/protocol';
import { hashBytes, isDiskFull, syncFolder } from '@akashganga/storage';
import type { Place, StoredFile } from './file-store.ts';

interface AssemblyEvents {
  /** A verified chunk is in its place. */
  readonly onChunk: (chunk: Chunk, offset: number) => void;
  readonly beforeWhole: () => Promise<void>;
}

/** A file that is being put together from verified chunks, in any order. */
export class Assembly {
  readonly #file: StoredFile;
  readonly #chunks: readonly Chunk[];
  readonly #offsets: readonly number[];
  readonly #place: Place;
  readonly #path: string;
  readonly #events: AssemblyEvents;
  readonly #has: Uint8Array;
  #left: number;
  // The whole is hashed while the rest of it still travels, as far as it is there without a gap.
  readonly #hash = createHash('sha256');
  #hashed = 0;
  #hashing: Promise<void> = Promise.resolve();

  constructor(file: StoredFile, place: Place, path: string, events: AssemblyEvents) {
    this.#file = file;
    this.#chunks = blobsOfFile(file);
    let offset = 0;
    this.#offsets = this.#chunks.map(({ size }) => {
      offset += size;
      return offset - size;
    });
    this.#place = place;
    this.#path = path;
    this.#events = events;
    this.#has = new Uint8Array(this.#chunks.length);
    this.#left = this.#chunks.length;
  }

  /** The chunks that are not in their places yet, each with its number. */
  get missing(): { readonly digest: Digest; readonly size: number; readonly index: number }[] {
    return this.#chunks
      .map(({ digest, size }, index) => ({ digest, size, index }))
      .filter(({ index }) => !this.#has[index]);
  }

  /** Hashes what an earlier process left; what is right stays. */
  async resume(): Promise<void> {
    // One that was stopped between becoming read-only and being renamed is opened all the same.
    await chmod(this.#place.path, 0o644).catch(() => undefined);
    const file = await open(this.#place.path, 'a', 0o644);
    await file.close();
    await this.#with(async (file) => {
      const { size } = await file.stat();
      if (size === 0) return;
      for (const [index, chunk] of this.#chunks.entries()) {
        const bytes = await readAt(file, this.#offsets[index] ?? 0, chunk.size);
        if (bytes && hashBytes(bytes) === chunk.digest) this.#note(index);
      }
    });
    await this.#hashOn();
    if (this.#left === 0) await this.#finish();
  }

  /** Puts a chunk, already verified, into its place. With the last one the file appears under its name. */
  async take(index: number, bytes: Buffer): Promise<void> {
    if (this.#has[index]) return;
    await this.#with(async (file) => {
      const offset = this.#offsets[index] ?? 0;
      for (let at = 0; at < bytes.length; )
        at += (await file.write(bytes, at, bytes.length - at, offset + at)).bytesWritten;
    });
    if (this.#has[index]) return;
    this.#note(index);
    const isLast = this.#left === 0;
    this.#hashing = this.#hashing.then(() => this.#hashOn());
    // Told to whoever awaits the last chunk; until then nobody listens.
    this.#hashing.catch(() => undefined);
    if (!isLast) return;
    await this.#hashing;
    await this.#finish();
  }

  #note(index: number): void {
    this.#has[index] = 1;
    this.#left -= 1;
    const chunk = this.#chunks[index];
    if (chunk) this.#events.onChunk(chunk, this.#offsets[index] ?? 0);
  }

  async #hashOn(): Promise<void> {
    if (!this.#has[this.#hashed]) return;
    await this.#with(async (file) => {
      for (; this.#has[this.#hashed]; this.#hashed += 1) {
        const { size } = this.#chunks[this.#hashed] as Chunk;
        const bytes = await readAt(file, this.#offsets[this.#hashed] ?? 0, size);
        this.#hash.update(bytes ?? '');
      }
    });
  }

  async #finish(): Promise<void> {
    const { digest, size, executable } = this.#file;
    const found: Digest = `sha256:${this.#hash.digest('hex')}`;
    if (found !== digest) {
      await rm(this.#place.path, { force: true });
      throw new FarmError('manifest.invalid', {
        why: `a file that should be ${digest} is made of chunks that come to ${found}`,
      });
    }
    await this.#with(async (file) => {
      // An earlier process may have left more behind the end.
      await file.truncate(size);
      await file.chmod(executable ? 0o555 : 0o444);
      await file.datasync();
    });
    await this.#events.beforeWhole();
    await rename(this.#place.path, this.#path);
    this.#place.path = this.#path;
    await syncFolder(dirname(this.#path));
  }

  async #with(work: (file: FileHandle) => Promise<void>): Promise<void> {
    try {
      const file = await open(this.#place.path, 'r+');
      try {
        await work(file);
      } finally {
        await file.close();
      }
    } catch (error) {
      if (!isDiskFull(error)) throw error;
      throw new FarmError('disk.full', { folder: dirname(this.#path) }, { cause: error });
    }
  }
}

async function readAt(file: FileHandle, offset: number, size: number): Promise<Buffer | null> {
  const bytes = Buffer.allocUnsafe(size);
  const { bytesRead } = await file.read(bytes, 0, size, offset);
  return bytesRead === size ? bytes : null;
}
