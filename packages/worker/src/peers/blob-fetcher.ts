import { setTimeout as sleep } from 'node:timers/promises';
import { blobsOverHttp, type FarmClient, retryLater } from '@akashganga/client';
import {
  blobRoutes,
  type Digest,
  FarmError,
  LARGEST_CHUNK,
  type Peer,
  SOURCES_HELD,
  SOURCES_WANTED,
} from '@akashganga/protocol';
import { readBlob, retryReader } from '@akashganga/storage';
import type { Logger } from 'pino';
import { type FarmLink, KnownPeers } from './known-peers.ts';

export interface BlobFetcherOptions extends FarmLink {
  readonly client: FarmClient;
  readonly worker: string;
  readonly boot: string;
  readonly log: Logger;
  /** Where this worker gives out what it has; null when it does not. */
  readonly port: () => number | null;
  /** What it has altogether, the latest first. */
  readonly held: (most: number) => Digest[];
}

/** Where the bytes of a fetch came from. */
export interface FetchCount {
  fromManager: number;
  fromPeers: number;
}

/** A blob that is to be fetched now: from one of the peers, or from the manager when there are none. */
interface Source {
  readonly digest: Digest;
  readonly size: number;
  readonly peers: readonly Peer[];
}

/** So many blobs are under way at once, each at most 4 MiB in memory. */
const LANES = 8;
/** What is begun ahead of the lanes, so that small blobs do not wait for an answer each. */
const AHEAD_BYTES = 8 * 1024 * 1024;
/** The manager's own copy may be damaged: after so many wrong answers it is said. */
const MOST_WRONG = 5;

/**
 * Fetches blobs for this worker: the manager says who has what, most comes from other workers, and what
 * they cannot give comes from the manager. Each blob is verified before it is handed on.
 */
export class BlobFetcher {
  readonly #options: BlobFetcherOptions;
  readonly #peers: KnownPeers;
  #unsaid: Digest[] = [];
  #gone: { digest: Digest; worker: string | null }[] = [];
  #memory = '';

  constructor(options: BlobFetcherOptions) {
    this.#options = options;
    this.#peers = new KnownPeers({ key: options.key, tls: options.tls ?? null });
  }

  /** Fetches all of `wanted` (digest -> bytes) and hands each to `take`. Waits for as long as the manager is away. */
  async fetch(
    wanted: ReadonlyMap<Digest, number>,
    take: (digest: Digest, bytes: Buffer) => Promise<void>,
    signal: AbortSignal,
  ): Promise<FetchCount> {
    const count: FetchCount = { fromManager: 0, fromPeers: 0 };
    // Each worker in an order of its own, so that they have different things to give to each other.
    const left = new Map(shuffled([...wanted]));
    const ready: Source[] = [];
    let asking: Promise<void> | null = null;
    const stop = new AbortController();
    const both = AbortSignal.any([signal, stop.signal]);

    const ask = async () => {
      const window = [...first(left, SOURCES_WANTED)];
      const mean = window.reduce((all, [, size]) => all + size, 0) / window.length;
      const most = Math.min(SOURCES_WANTED, Math.max(LANES, Math.floor(AHEAD_BYTES / (mean + 1))));
      const reply = await this.#ask(
        window.map(([digest]) => digest),
        most,
        both,
      );
      // What was asked for in vain goes behind the rest.
      for (const [digest, size] of window) {
        left.delete(digest);
        left.set(digest, size);
      }
      for (const { digest, peers } of reply.sources) {
        const size = left.get(digest);
        if (size !== undefined && left.delete(digest)) ready.push({ digest, size, peers });
      }
      if (reply.sources.length === 0) await sleep(reply.again, undefined, { signal: both });
    };
    const askOnce = () => {
      asking ??= ask().finally(() => {
        asking = null;
      });
      return asking;
    };
    const lane = async () => {
      while (left.size + ready.length > 0) {
        both.throwIfAborted();
        const next = ready.shift();
        // Ahead of need; a failure is met by the lane that has to wait for it.
        if (ready.length < LANES / 2 && left.size > 0) askOnce().catch(() => undefined);
        if (!next) {
          await askOnce();
          continue;
        }
        const bytes = await this.#one(next, both, count);
        if (!bytes) left.set(next.digest, next.size);
        else {
          await take(next.digest, bytes);
          this.#unsaid.push(next.digest);
        }
      }
    };
    const lanes = Array.from({ length: LANES }, () =>
      lane().catch((error: unknown) => {
        stop.abort(error);
        throw error;
      }),
    );
    const ended = await Promise.allSettled(lanes);
    // The one that failed first; the others were only told to stop.
    if (stop.signal.aborted) throw stop.signal.reason;
    for (const one of ended) if (one.status === 'rejected') throw one.reason;
    await this.announce(signal).catch(() => undefined);
    return count;
  }

  /** Tells the manager what this worker has to give. Costs one small request; repeating it is harmless. */
  async announce(signal: AbortSignal): Promise<void> {
    if (this.#options.port() === null) return;
    await this.#ask([], 0, signal);
    if (this.#unsaid.length > 0) await this.#ask([], 0, signal);
  }

  async #ask(wants: Digest[], most: number, signal: AbortSignal) {
    const { client, worker, boot, port } = this.#options;
    const has = this.#unsaid.splice(0, SOURCES_HELD);
    const gone = this.#gone.splice(0, 1000);
    const body = { worker, boot, port: port(), wants, most, has, gone, avoid: this.#peers.avoided() };
    const reply = await retryLater(() => client.call(blobRoutes.sources, { body, signal }), { signal });
    if (reply.memory !== this.#memory) this.#unsaid = this.#options.held(SOURCES_HELD);
    this.#memory = reply.memory;
    return reply;
  }

  /** The blob, or null when none of its peers could give it. */
  async #one(source: Source, signal: AbortSignal, count: FetchCount): Promise<Buffer | null> {
    const { digest, size, peers } = source;
    if (peers.length === 0) {
      const bytes = await this.fromManager(digest, LARGEST_CHUNK, signal).catch((error: unknown) => {
        this.#gone.push({ digest, worker: null });
        throw error;
      });
      count.fromManager += bytes.length;
      return bytes;
    }
    for (const peer of peers) {
      if (this.#peers.isAvoided(peer.worker)) continue;
      const bytes = await this.#peers.fetch(peer, digest, size, signal).catch((error: unknown) => {
        signal.throwIfAborted();
        this.#options.log.debug({ peer, error }, 'a blob could not be fetched from another worker');
        return null;
      });
      if (bytes) {
        count.fromPeers += bytes.length;
        return bytes;
      }
      this.#gone.push({ digest, worker: peer.worker });
    }
    return null;
  }

  /** A verified blob from the manager. What has arrived of it is not sent again when the connection breaks. */
  async fromManager(digest: Digest, limit: number, signal: AbortSignal): Promise<Buffer> {
    const { client, log } = this.#options;
    const tryAgain = <T>(work: () => Promise<T>) =>
      retryLater(work, { signal, onWait: (error) => log.info({ digest }, error.says) });
    const reader = retryReader(blobsOverHttp(client, { signal }), tryAgain);
    for (let wrong = 1; ; wrong += 1) {
      try {
        return await readBlob(reader, digest, limit);
      } catch (error) {
        const isWrong = error instanceof FarmError && error.code === 'blob.wrong-digest';
        if (!isWrong || wrong === MOST_WRONG) throw error;
        log.warn({ digest }, error.says);
      }
    }
  }

  async close(): Promise<void> {
    await this.#peers.close();
  }
}

function* first<T>(items: Iterable<T>, most: number): Iterable<T> {
  let count = 0;
  for (const item of items) {
    if (count === most) return;
    count += 1;
    yield item;
  }
}

function shuffled<T>(items: T[]): T[] {
  for (let at = items.length - 1; at > 0; at -= 1) {
    const other = Math.floor(Math.random() * (at + 1));
    [items[at], items[other]] = [items[other] as T, items[at] as T];
  }
  return items;
}
