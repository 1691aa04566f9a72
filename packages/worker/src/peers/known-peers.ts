import { blobsOverHttp, FarmClient } from '@akashganga/client';
import { type Digest, FarmError, type Peer, type SourcesRequest } from '@akashganga/protocol';
import { readBlob } from '@akashganga/storage';
import type { TlsIdentity } from '@akashganga/trust';

/** How this worker shows who it is. */
export interface FarmLink {
  readonly key: string | null;
  readonly tls?: TlsIdentity | null;
}

type Why = SourcesRequest['avoid'][number]['why'];

/** Who could not be reached or is slow is asked again after this; who gave wrong bytes never. */
const AVOID_MS = 60_000;
/** Slower than this and the manager is the better choice, bytes a second. */
const LEAST_RATE = 256 * 1024;
const FIRST_MS = 3000;
const MOST_CLIENTS = 64;

/** The other workers this one fetches from, and those it had better not ask. */
export class KnownPeers {
  readonly #link: FarmLink;
  readonly #clients = new Map<string, FarmClient>();
  readonly #avoided = new Map<string, { why: Why; until: number }>();

  constructor(link: FarmLink) {
    this.#link = link;
  }

  /** For the manager: whom it need not name. */
  avoided(): { worker: string; why: Why }[] {
    const now = Date.now();
    for (const [worker, { until }] of this.#avoided) if (until < now) this.#avoided.delete(worker);
    return [...this.#avoided].slice(-1000).map(([worker, { why }]) => ({ worker, why }));
  }

  isAvoided(worker: string): boolean {
    return (this.#avoided.get(worker)?.until ?? 0) > Date.now();
  }

  /** A verified blob from this peer, or null when it has it no more. Throws when it is to be avoided from now on. */
  async fetch(peer: Peer, digest: Digest, size: number, signal: AbortSignal): Promise<Buffer | null> {
    const patience = AbortSignal.timeout(FIRST_MS + Math.ceil((size / LEAST_RATE) * 1000));
    const reader = blobsOverHttp(this.#client(peer.url), { signal: AbortSignal.any([signal, patience]) });
    try {
      return await readBlob(reader, digest, size);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof FarmError && error.code === 'blob.unknown') return null;
      const why = patience.aborted ? 'slow' : whyAvoid(error);
      this.#avoided.set(peer.worker, {
        why,
        until: why === 'wrong-bytes' ? Infinity : Date.now() + AVOID_MS,
      });
      throw error;
    }
  }

  #client(url: string): FarmClient {
    const known =
      this.#clients.get(url) ?? new FarmClient({ ...this.#link, url, shows: 'worker', connectSeconds: 1 });
    this.#clients.delete(url);
    this.#clients.set(url, known);
    for (const [first, client] of this.#clients) {
      if (this.#clients.size <= MOST_CLIENTS) break;
      this.#clients.delete(first);
      // What it still fetches fails and is fetched from elsewhere.
      client.close().catch(() => undefined);
    }
    return known;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#clients.values()].map((client) => client.close()));
  }
}

function whyAvoid(error: unknown): Why {
  const isWrong =
    error instanceof FarmError && (error.code === 'blob.wrong-digest' || error.code === 'request.too-large');
  return isWrong ? 'wrong-bytes' : 'unreachable';
}
