import { join } from 'node:path';
import { type FarmClient, retryLater, ShutOut } from '@akashganga/client';
import { FarmError } from '@akashganga/protocol';
import type { Logger } from 'pino';
import { LEAST_FREE_BYTES } from '../disk/disk-room.ts';
import { BlobFetcher } from '../peers/blob-fetcher.ts';
import { type BlobServer, startBlobServer } from '../peers/blob-server.ts';
import type { FarmLink } from '../peers/known-peers.ts';
import { FileStore } from './file-store.ts';
import { ManifestCache } from './manifest-cache.ts';

export interface KeptBytesOptions extends FarmLink {
  readonly folder: string;
  readonly client: FarmClient;
  readonly worker: string;
  readonly boot: string;
  /** Bytes of scenes and builds to keep at most. */
  readonly limit: number;
  /** Where blobs are given out to other workers; null gives none. Port 0 takes any free one. */
  readonly give: { readonly host: string; readonly port: number } | null;
  /** Told when a scene or a build of so many bytes does not fit on the disk. */
  readonly onFull?: (bytes: number) => void;
  readonly log: Logger;
}

/** Often enough for a manager that was restarted to learn again who has what. */
const ANNOUNCE_MS = 5 * 60_000;

/** All bytes this worker keeps of scenes and builds: its cache, what it gives to others, what it fetches. */
export class KeptBytes {
  readonly cache: ManifestCache;
  readonly #options: KeptBytesOptions;
  readonly #store: FileStore;
  readonly #fetcher: BlobFetcher;
  readonly #stop = new AbortController();
  #server: BlobServer | null = null;
  #shutOut: ShutOut | null = null;
  #timer: NodeJS.Timeout | null = null;

  constructor(options: KeptBytesOptions) {
    const { folder, limit, log } = options;
    this.#options = options;
    this.#store = new FileStore(join(folder, 'files'));
    this.#fetcher = new BlobFetcher({
      ...options,
      port: () => this.#server?.port ?? null,
      held: (most) => this.#store.held(most),
    });
    this.cache = new ManifestCache({
      ...{ store: this.#store, placedFolder: join(folder, 'placed'), fetcher: this.#fetcher },
      ...{ limit, floor: LEAST_FREE_BYTES, log },
      onFull: (bytes) => options.onFull?.(bytes),
    });
  }

  async start(): Promise<void> {
    const { give, key, tls = null, log } = this.#options;
    await this.cache.load();
    if (!give) return;
    // Giving is a kindness: a worker whose port is taken still renders.
    const shutOut = tls
      ? new ShutOut(this.#options.client, (error) => log.warn({ error }, 'who was shut out is not known'))
      : null;
    this.#shutOut = shutOut;
    const isShutOut = (member: string) => shutOut?.has(member) ?? false;
    this.#server = await startBlobServer({ reader: this.#store, key, tls, isShutOut, ...give }).catch(
      (error: unknown) => {
        log.warn({ error, ...give }, 'other workers cannot fetch from this one');
        return null;
      },
    );
    if (!this.#server) return;
    const announce = () =>
      retryLater(() => this.#fetcher.announce(this.#stop.signal), { signal: this.#stop.signal }).catch(
        (error: unknown) => {
          if (!(error instanceof FarmError) && !this.#stop.signal.aborted)
            log.warn({ error }, 'what is here could not be announced');
        },
      );
    this.#timer = setInterval(announce, ANNOUNCE_MS * (0.5 + Math.random()));
    announce();
  }

  async close(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer);
    this.#stop.abort();
    this.#shutOut?.close();
    await Promise.all([this.#server?.close(), this.#fetcher.close()]);
  }
}
