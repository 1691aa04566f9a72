import { setTimeout as sleep } from 'node:timers/promises';
import { blobsIn, FarmClient, retryLater, sendBlobs } from '@akashganga/client';
import {
  deliveryRoutes,
  FarmError,
  fillPath,
  frameHeaders,
  type Lease,
  type Problem,
  workerRoutes,
} from '@akashganga/protocol';
import type { Logger } from 'pino';
import { LinkSpeed } from '../link/link-speed.ts';
import type { FarmLink } from '../peers/known-peers.ts';
import { type FrameOutbox, ofLease, type StoredParcel } from './frame-outbox.ts';
import { sealed } from './seal.ts';
import { sendOutputs } from './send-outputs.ts';

export interface CourierOptions extends FarmLink {
  readonly outbox: FrameOutbox;
  readonly farm: FarmClient;
  readonly worker: string;
  readonly log: Logger;
  readonly signal: AbortSignal;
  /** The frame server threw the picture away: it must be rendered again. */
  readonly onRefused: (parcel: StoredParcel['parcel'], problem: Problem) => void;
  /** What an earlier process left is not what was packed, and was thrown away: it must be rendered again. */
  readonly onSpoilt: (parcel: StoredParcel['parcel']) => void;
  /** It is there: takes the parcel away from the outbox. */
  readonly onDelivered: (stored: StoredParcel) => Promise<void>;
  readonly onChange: () => void;
}

const PARALLEL = 3;
/** Who is asked to stop waits no longer for a frame server that takes nothing. Milliseconds. */
const PATIENCE_MS = 10_000;
const LOOK_MS = 50;

/** Carries parcels to their frame server, several at a time, until each is there or refused. */
export class Courier {
  readonly #options: CourierOptions;
  readonly #queue: StoredParcel[] = [];
  readonly #underWay = new Set<StoredParcel>();
  /** Since when each of them fails and is tried again; milliseconds as of `performance.now`. */
  readonly #failing = new Map<StoredParcel, number>();
  readonly #servers = new Map<string, FarmClient>();
  /** How fast frames are delivered, the frame server's check included. */
  readonly speed = new LinkSpeed();

  constructor(options: CourierOptions) {
    this.#options = options;
  }

  send(stored: StoredParcel): void {
    this.#queue.push(stored);
    this.#start();
  }

  /** Frames that are here and not yet there. */
  list(): { job: string; lease: string; frame: number }[] {
    return [...this.#underWay, ...this.#queue].map(({ parcel: { job, lease, frame } }) => ({
      job,
      lease,
      frame,
    }));
  }

  /** What is still to be carried of this frame goes on as one of this lease. False when there is nothing of it. */
  rebind(lease: Lease, frame: number): boolean {
    const stored = [...this.#underWay, ...this.#queue].find(
      ({ parcel }) => parcel.job === lease.job && parcel.frame === frame,
    );
    if (!stored) return false;
    stored.parcel = ofLease(stored.parcel, lease);
    return true;
  }

  /**
   * Resolves when nothing is left to carry, or all that is under way has failed and been tried again for so long.
   * Milliseconds; ten seconds.
   */
  async settled(patience = PATIENCE_MS): Promise<void> {
    while (this.#queue.length + this.#underWay.size > 0) {
      const late = performance.now() - patience;
      if ([...this.#underWay].every((stored) => (this.#failing.get(stored) ?? Infinity) < late)) return;
      await sleep(LOOK_MS);
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#servers.values()].map((client) => client.close()));
  }

  #start(): void {
    while (this.#underWay.size < PARALLEL) {
      const stored = this.#queue.shift();
      if (!stored) break;
      this.#underWay.add(stored);
      this.#carry(stored)
        .catch((error: unknown) => {
          if (!this.#options.signal.aborted)
            this.#options.log.error({ error }, 'a frame could not be delivered');
        })
        .finally(() => this.#ended(stored));
    }
    this.#options.onChange();
  }

  #ended(stored: StoredParcel): void {
    this.#underWay.delete(stored);
    this.#failing.delete(stored);
    this.#start();
  }

  async #carry(stored: StoredParcel): Promise<void> {
    const { outbox, log, signal, onRefused, onDelivered } = this.#options;
    if (stored.isOld && !(await outbox.isWhole(stored))) return this.#throwAway(stored);
    let url: string | null = stored.parcel.frameServer;
    if (stored.parcel.linger > 0) await sleep(stored.parcel.linger * 1000, undefined, { signal });
    const onWait = (error: FarmError) => {
      if (!this.#failing.has(stored)) this.#failing.set(stored, performance.now());
      log.warn({ frame: stored.parcel.frame, url }, error.says);
    };
    try {
      await retryLater(
        async () => {
          await this.#measured(stored, url ?? stored.parcel.frameServer).catch(async (error: unknown) => {
            // It may be back under another address.
            if (isUnreachable(error)) url = await this.#whereTo(stored, url);
            throw error;
          });
        },
        { signal, onWait },
      );
      return await onDelivered(stored);
    } catch (error) {
      if (!(error instanceof FarmError)) throw error;
      log.warn({ job: stored.parcel.job, frame: stored.parcel.frame }, error.says);
      // A job that was deleted wants nothing any more.
      if (error.code !== 'job.unknown') onRefused(stored.parcel, { code: error.code, says: error.says });
    }
    await outbox.drop(stored);
  }

  async #throwAway(stored: StoredParcel): Promise<void> {
    const { outbox, log, onSpoilt } = this.#options;
    const { job, frame } = stored.parcel;
    log.warn({ job, frame }, 'a frame that was left on the disk is damaged, and is rendered again');
    await outbox.drop(stored);
    onSpoilt(stored.parcel);
  }

  async #measured(stored: StoredParcel, url: string): Promise<void> {
    this.speed.begin(performance.now());
    let moved: number | null = null;
    try {
      await this.#put(stored, url);
      moved = stored.parcel.size;
    } finally {
      this.speed.end(moved, performance.now());
    }
  }

  async #put(stored: StoredParcel, url: string): Promise<void> {
    const { outbox, signal, worker } = this.#options;
    const { parcel } = stored;
    const client = this.#client(url);
    const params = { job: parcel.job, frame: parcel.frame };
    try {
      await sendOutputs(client, outbox, stored, signal);
      const { chunks } = parcel;
      if (chunks) await this.#sendChunks(client, stored);
      const list = chunks ? Buffer.from(JSON.stringify({ chunks })) : null;
      const reply = await client.send({
        method: 'PUT',
        path: fillPath(deliveryRoutes.deliver.route.path, params),
        headers: sealed(params, { ...headersOf(parcel, worker), ...(list ? listHeaders(list) : {}) }),
        body: list ?? outbox.read(stored),
        timeoutSeconds: 120,
        signal,
      });
      await reply.body.dump();
    } catch (error) {
      throw asVerdict(error);
    }
    if (parcel.log !== '') await this.#putLog(client, parcel);
  }

  // A large frame goes ahead in chunks: after a cut only what had not arrived is sent again.
  async #sendChunks(client: FarmClient, stored: StoredParcel): Promise<void> {
    const { outbox, signal } = this.#options;
    const headers = { [frameHeaders.pass]: stored.parcel.pass };
    await sendBlobs(client, blobsIn(outbox.path(stored), stored.parcel), { signal, headers, forSeconds: 5 });
  }

  // A log is a kindness: a frame never waits for it.
  async #putLog(client: FarmClient, parcel: StoredParcel['parcel']): Promise<void> {
    const path = fillPath(deliveryRoutes.putLog.route.path, { job: parcel.job, frame: parcel.frame });
    const body = Buffer.from(parcel.log);
    const headers = { 'content-type': 'text/plain', [frameHeaders.pass]: parcel.pass };
    const reply = await client.send({ method: 'PUT', path, body, headers }).catch(() => null);
    await reply?.body.dump();
  }

  async #whereTo(stored: StoredParcel, before: string | null): Promise<string | null> {
    const { farm, worker } = this.#options;
    try {
      const { frameServer } = await farm.call(workerRoutes.deliverTo, {
        params: { worker, job: stored.parcel.job },
      });
      return frameServer ?? before;
    } catch (error) {
      if (error instanceof FarmError && error.code === 'job.unknown') throw error;
      return before;
    }
  }

  #client(url: string): FarmClient {
    const { key, tls = null } = this.#options;
    const client = this.#servers.get(url) ?? new FarmClient({ url, key, tls, shows: 'frames' });
    this.#servers.set(url, client);
    return client;
  }
}

function headersOf(parcel: StoredParcel['parcel'], worker: string): Record<string, string> {
  const headers: Record<string, string> = {
    'content-type': 'application/octet-stream',
    'content-length': String(parcel.size),
    [frameHeaders.digest]: parcel.digest,
    [frameHeaders.lease]: parcel.lease,
    [frameHeaders.worker]: worker,
    [frameHeaders.seconds]: parcel.seconds.toFixed(3),
    [frameHeaders.width]: String(parcel.width),
    [frameHeaders.height]: String(parcel.height),
    [frameHeaders.extension]: parcel.extension,
    ...(parcel.pass === '' ? {} : { [frameHeaders.pass]: parcel.pass }),
  };
  if (parcel.memory !== null) headers[frameHeaders.memory] = String(Math.round(parcel.memory));
  if (parcel.replace) headers[frameHeaders.replace] = '1';
  return headers;
}

function listHeaders(list: Buffer): Record<string, string> {
  return {
    'content-type': 'application/json',
    'content-length': String(list.length),
    [frameHeaders.chunks]: '1',
  };
}

function isUnreachable(error: unknown): boolean {
  return (
    error instanceof FarmError && (error.code === 'farm.unreachable' || error.code === 'farm.not-a-farm')
  );
}

/** A damaged picture stays damaged, however often it is sent: such an answer is final here. */
class Verdict extends FarmError {
  override get retry() {
    return 'never' as const;
  }
}

function asVerdict(error: unknown): unknown {
  // A chunk was taken away between its arrival and the delivery, by a frame that shares it: send it again.
  if (error instanceof FarmError && error.code === 'blob.unknown') return new FarmError('blob.cut-short', {});
  if (!(error instanceof FarmError) || !error.code.startsWith('render.')) return error;
  return new Verdict(error.code, {}, { says: error.says });
}
