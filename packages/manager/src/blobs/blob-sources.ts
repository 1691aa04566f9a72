import type { Digest, Peer, SourcesReply, SourcesRequest } from '@akashganga/protocol';

/**
 * Who has which blob, so that workers which need the same build or scene get most of it from each other and
 * the manager sends each blob about once. All of it is a hint, in memory and bounded: what is wrong or
 * forgotten costs a worker one vain request, and it can always fetch from the manager.
 */
export interface BlobSources {
  /** `origin` is where the request came from, as the start of a URL without a port; `now` in ms. */
  ask(request: SourcesRequest, origin: string, now: number): SourcesReply;
}

interface Known {
  readonly worker: string;
  url: string | null;
  askedAt: number;
  /** What it fetches from the manager, each until when the others wait for it. */
  readonly fetching: Map<Digest, number>;
  /** Who could not use it, until when that counts. */
  readonly complaints: Map<string, number>;
}

interface Blob {
  readonly holders: Set<Known>;
  fetcher: Known | null;
}

/** About 150 MB when all are used. */
const MOST_BLOBS = 500_000;
const MOST_WORKERS = 20_000;
/** More would not be asked: enough that some of them answer. */
const MOST_HOLDERS = 16;
const PEERS_GIVEN = 3;
/** The others wait this long for what one of them fetches, then it is fetched once more. */
const FETCH_MS = 10_000;
/** So many blobs are on their way from the manager at once, each to one worker, while others wait for them. */
const MOST_FETCHES = 64;
const FETCHES_FOR_EACH = 2;
/** One complaint may be the fault of who complains; with two, a worker is not named to anybody for a while. */
const COMPLAINTS = 2;
const COMPLAINT_MS = 5 * 60_000;
const ASKING_MS = 5000;

export function blobSources(memory: string, random: () => number): BlobSources {
  const workers = new Map<string, Known>();
  const blobs = new Map<Digest, Blob>();
  const fetches = new Map<Digest, number>();
  let asking = { count: 1, at: 0 };

  return { ask };

  function ask(request: SourcesRequest, origin: string, now: number): SourcesReply {
    const me = introduce(request, origin, now);
    const avoided = hearComplaints(request, now);
    for (const digest of request.has) hold(me, digest);
    for (const { digest, worker } of request.gone) lose(me, digest, worker);
    const sources: { digest: Digest; peers: Peer[] }[] = [];
    forgetOldFetches(now);
    for (const digest of request.wants) {
      if (sources.length >= request.most) break;
      const peers = peersFor(me, digest, avoided, now);
      if (peers.length > 0) sources.push({ digest, peers });
      else if (mayFetch(me, digest, avoided, now)) sources.push({ digest, peers: [] });
    }
    return { sources, again: patience(now), memory };
  }

  function introduce({ worker, port }: SourcesRequest, origin: string, now: number): Known {
    const known = workers.get(worker) ?? {
      ...{ worker, url: null, askedAt: now, fetching: new Map(), complaints: new Map() },
    };
    known.url = port === null ? null : `${origin}:${port}`;
    known.askedAt = now;
    // Taken out and put back, so that the first of the map is the one that was silent longest.
    workers.delete(worker);
    workers.set(worker, known);
    if (workers.size > MOST_WORKERS) forgetFirst();
    return known;
  }

  function forgetFirst(): void {
    for (const [worker, known] of workers) {
      known.url = null;
      workers.delete(worker);
      return;
    }
  }

  function hearComplaints({ worker, avoid }: SourcesRequest, now: number): Set<string> {
    for (const one of avoid) workers.get(one.worker)?.complaints.set(worker, now + COMPLAINT_MS);
    return new Set(avoid.map((one) => one.worker));
  }

  function isOffered(known: Known, now: number): boolean {
    if (known.url === null) return false;
    for (const [by, until] of known.complaints) if (until < now) known.complaints.delete(by);
    return known.complaints.size < COMPLAINTS;
  }

  function hold(me: Known, digest: Digest): void {
    endFetch(me, digest);
    if (me.url === null) return;
    const { holders } = entry(digest);
    holders.add(me);
    // The one that has had it longest goes: it is the likeliest to be gone.
    for (const first of holders) {
      if (holders.size <= MOST_HOLDERS) break;
      holders.delete(first);
    }
  }

  function lose(me: Known, digest: Digest, worker: string | null): void {
    if (worker === null) return endFetch(me, digest);
    const known = workers.get(worker);
    if (known) blobs.get(digest)?.holders.delete(known);
  }

  function entry(digest: Digest): Blob {
    const known = blobs.get(digest) ?? { holders: new Set(), fetcher: null };
    blobs.set(digest, known);
    for (const first of blobs.keys()) {
      if (blobs.size <= MOST_BLOBS) break;
      blobs.delete(first);
    }
    return known;
  }

  function peersFor(me: Known, digest: Digest, avoided: ReadonlySet<string>, now: number): Peer[] {
    const peers: Peer[] = [];
    for (const holder of blobs.get(digest)?.holders ?? [])
      if (holder.url !== null && holder !== me && !avoided.has(holder.worker) && isOffered(holder, now))
        peers.push({ worker: holder.worker, url: holder.url });
    for (let at = peers.length - 1; at > 0; at -= 1) {
      const other = Math.floor(random() * (at + 1));
      [peers[at], peers[other]] = [peers[other] as Peer, peers[at] as Peer];
    }
    return peers.slice(0, PEERS_GIVEN);
  }

  function mayFetch(me: Known, digest: Digest, avoided: ReadonlySet<string>, now: number): boolean {
    // What it fetches helps nobody else, so nobody waits for it and it waits for nobody's turn.
    if (!isOffered(me, now)) return true;
    const fetcher = blobs.get(digest)?.fetcher;
    const isAwaited = fetcher && fetcher !== me && !avoided.has(fetcher.worker) && isOffered(fetcher, now);
    if (isAwaited && (fetcher.fetching.get(digest) ?? 0) > now) return false;
    if (fetches.size >= MOST_FETCHES && me.fetching.size >= FETCHES_FOR_EACH) return false;
    entry(digest).fetcher = me;
    me.fetching.set(digest, now + FETCH_MS);
    fetches.delete(digest);
    fetches.set(digest, now + FETCH_MS);
    return true;
  }

  function endFetch(me: Known, digest: Digest): void {
    if (!me.fetching.delete(digest)) return;
    const blob = blobs.get(digest);
    if (blob?.fetcher !== me) return;
    blob.fetcher = null;
    fetches.delete(digest);
  }

  // In the order of their ends, since all last alike.
  function forgetOldFetches(now: number): void {
    for (const [digest, until] of fetches) {
      if (until > now) break;
      fetches.delete(digest);
      const blob = blobs.get(digest);
      blob?.fetcher?.fetching.delete(digest);
      if (blob) blob.fetcher = null;
    }
  }

  /** Ms until a worker that found nothing asks again: thousands that wait must not keep the manager busy. */
  function patience(now: number): number {
    if (now - asking.at > 1000) {
      let count = 0;
      for (const known of workers.values()) if (known.askedAt > now - ASKING_MS) count += 1;
      asking = { count, at: now };
    }
    return Math.min(5000, Math.max(50, asking.count * 4));
  }
}
