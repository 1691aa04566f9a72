import { mkdir, stat, statfs, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Digest,
  digestHex,
  FarmError,
  LARGEST_MANIFEST,
  Manifest,
  type ManifestFile,
} from '@akashganga/protocol';
import { eachOf, hashBytes } from '@akashganga/storage';
import type { Logger } from 'pino';
import { LinkSpeed } from '../link/link-speed.ts';
import type { BlobFetcher } from '../peers/blob-fetcher.ts';
import type { FileStore } from './file-store.ts';
import { placeFiles } from './place-files.ts';
import { cacheSize, sweepCache } from './sweep-cache.ts';

export interface ManifestCacheOptions {
  readonly store: FileStore;
  /** Where manifests are placed, a folder each. */
  readonly placedFolder: string;
  readonly fetcher: Pick<BlobFetcher, 'fetch' | 'fromManager'>;
  /** Bytes to keep at most; what is held may be more. */
  readonly limit: number;
  /** Bytes of the disk that stay free. */
  readonly floor: number;
  /** Told when so many bytes do not fit, just before `disk.full` is thrown. */
  readonly onFull?: (bytes: number) => void;
  readonly log: Logger;
}

/** A manifest's files in a folder, read-only. The folder stays until it is released. */
export interface Placed {
  readonly folder: string;
  release(): void;
}

interface UnderWay {
  readonly done: Promise<void>;
  readonly stop: AbortController;
  waiters: number;
}

/** Taken out of the cache at a time beyond what is needed, so that not each new scene sweeps. */
const SPARE = 0.9;
const LANES = 8;

/**
 * Scenes and builds of this worker: fetched by the digest of their manifest, each file once, and placed.
 * What is not held is taken out again when the cache grows over its limit, the least recently used first.
 */
export class ManifestCache {
  readonly #options: ManifestCacheOptions;
  readonly #underWay = new Map<Digest, UnderWay>();
  readonly #holds = new Map<string, number>();
  #turn: Promise<unknown> = Promise.resolve();
  #bytes = 0;
  /** How fast scenes and builds come. */
  readonly speed = new LinkSpeed();

  constructor(options: ManifestCacheOptions) {
    this.#options = options;
  }

  async load(): Promise<void> {
    const { store, placedFolder } = this.#options;
    await mkdir(placedFolder, { recursive: true });
    await store.load();
    this.#bytes = await cacheSize(store, placedFolder);
  }

  /** Bytes that are kept, and how many may be. */
  get usage(): { bytes: number; limit: number } {
    return { bytes: this.#bytes, limit: this.#options.limit };
  }

  /** Fetches what is missing and places it. Throws `manifest.invalid`, `blob.unknown` or `disk.full`. */
  async open(digest: Digest, signal: AbortSignal): Promise<Placed> {
    signal.throwIfAborted();
    const folder = join(this.#options.placedFolder, digestHex(digest));
    // Two slots that need the same wait for one fetch, and it ends when nobody waits any more.
    const going = this.#underWay.get(digest) ?? this.#begin(digest, folder);
    going.waiters += 1;
    const release = this.#hold(folder);
    try {
      await orAborted(going.done, signal);
      return { folder, release };
    } catch (error) {
      release();
      throw error;
    } finally {
      going.waiters -= 1;
      if (going.waiters === 0) going.stop.abort();
    }
  }

  #hold(folder: string): () => void {
    this.#holds.set(folder, (this.#holds.get(folder) ?? 0) + 1);
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      const left = (this.#holds.get(folder) ?? 1) - 1;
      if (left > 0) this.#holds.set(folder, left);
      else this.#holds.delete(folder);
    };
  }

  #begin(digest: Digest, folder: string): UnderWay {
    const stop = new AbortController();
    // One after the other: each has the whole link, and the sweep never meets what is being fetched.
    const done = this.#turn.then(() => this.#bring(digest, folder, stop.signal));
    const going = { done, stop, waiters: 0 };
    this.#underWay.set(digest, going);
    this.#turn = done
      .catch(() => undefined)
      .finally(() => {
        if (this.#underWay.get(digest) === going) this.#underWay.delete(digest);
      });
    return going;
  }

  async #bring(digest: Digest, folder: string, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const { store } = this.#options;
    const now = new Date();
    if (await stat(folder).catch(() => null)) return utimes(folder, now, now);
    const manifest = await this.#manifest(digest, signal);
    await this.#makeRoom(await this.#missingBytes(manifest.files));
    await this.#fetchFiles(manifest.files, signal);
    signal.throwIfAborted();
    await placeFiles(store, manifest, folder);
    await utimes(folder, now, now);
    this.#bytes = await cacheSize(store, this.#options.placedFolder);
  }

  async #manifest(digest: Digest, signal: AbortSignal): Promise<Manifest> {
    const { store, fetcher } = this.#options;
    const kept = await store.read(digest);
    const isRight = kept !== null && hashBytes(kept) === digest;
    const bytes = isRight ? kept : await fetcher.fromManager(digest, LARGEST_MANIFEST, signal);
    if (!isRight) await store.put({ digest }, bytes);
    const manifest = Manifest.safeParse(parseJson(bytes));
    if (manifest.success) return manifest.data;
    throw new FarmError('manifest.invalid', { why: manifest.error.issues[0]?.message ?? 'it does not fit' });
  }

  async #missingBytes(files: readonly ManifestFile[]): Promise<number> {
    let bytes = 0;
    await eachOf(files, LANES, async (file) => {
      if (!(await this.#options.store.holds(file))) bytes += file.size;
    });
    return bytes;
  }

  async #makeRoom(needed: number): Promise<void> {
    const { store, placedFolder, limit, floor, log } = this.#options;
    const free = async () => {
      const disk = await statfs(store.folder).catch(() => null);
      return disk ? disk.bavail * disk.bsize : Number.POSITIVE_INFINITY;
    };
    const lacking = needed + floor - (await free());
    if (this.#bytes + needed > limit || lacking > 0) {
      const target = Math.min(limit * SPARE - needed, this.#bytes - Math.max(0, lacking));
      const before = this.#bytes;
      const isHeld = (folder: string) => this.#holds.has(folder);
      this.#bytes = await sweepCache({ store, placedFolder, isHeld, target: Math.max(0, target) });
      log.info({ before, after: this.#bytes }, 'the cache was swept');
    }
    if (needed + floor <= (await free())) return;
    this.#options.onFull?.(needed);
    throw new FarmError('disk.full', { folder: store.folder });
  }

  async #fetchFiles(files: readonly ManifestFile[], signal: AbortSignal): Promise<void> {
    const { store, fetcher } = this.#options;
    const wanted = new Map<Digest, number>();
    const takers = new Map<Digest, ((bytes: Buffer) => Promise<void>)[]>();
    const want = (digest: Digest, size: number, take: (bytes: Buffer) => Promise<void>) => {
      if ((wanted.get(digest) ?? size) !== size)
        throw new FarmError('manifest.invalid', { why: `${digest} has two sizes` });
      wanted.set(digest, size);
      takers.set(digest, [...(takers.get(digest) ?? []), take]);
    };
    const unique = new Map(files.map((file) => [store.path(file), file]));
    await eachOf(unique.values(), LANES, async (file) => {
      signal.throwIfAborted();
      if (await store.holds(file)) return;
      if (!file.chunks) return want(file.digest, file.size, (bytes) => store.put(file, bytes));
      const assembly = await store.assemble(file);
      for (const { digest, size, index } of assembly.missing)
        want(digest, size, (bytes) => assembly.take(index, bytes));
    });
    const take = async (digest: Digest, bytes: Buffer) => {
      if (bytes.length !== wanted.get(digest))
        throw new FarmError('manifest.invalid', {
          why: `${digest} has ${bytes.length} bytes, not what it says`,
        });
      for (const one of takers.get(digest) ?? []) await one(bytes);
      takers.delete(digest);
    };
    const lacking = await this.#takeKept(wanted, take, signal);
    const began = performance.now();
    const count = await fetcher.fetch(lacking, take, signal);
    this.speed.note(count.fromManager + count.fromPeers, performance.now() - began);
    if (lacking.size > 0) this.#options.log.info({ blobs: lacking.size, ...count }, 'fetched');
  }

  /** What lies here already as a part of another file is not fetched. */
  async #takeKept(
    wanted: ReadonlyMap<Digest, number>,
    take: (digest: Digest, bytes: Buffer) => Promise<void>,
    signal: AbortSignal,
  ): Promise<Map<Digest, number>> {
    const lacking = new Map(wanted);
    await eachOf(wanted.keys(), LANES, async (digest) => {
      signal.throwIfAborted();
      const bytes = await this.#options.store.read(digest);
      if (bytes === null || hashBytes(bytes) !== digest) return;
      await take(digest, bytes);
      lacking.delete(digest);
    });
    return lacking;
  }
}

function orAborted(done: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    done.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
