import type { FarmClient } from '@akashganga/client';
import { FarmError, type FollowedFrame, type Heartbeat, workerRoutes } from '@akashganga/protocol';
import type { Logger } from 'pino';

/** How often it beats and tells of changes, unless the manager says otherwise: a large farm has much to hear. */
const BEAT_MS = 3000;
const SOON_MS = 200;

export interface HeartOptions {
  readonly client: FarmClient;
  readonly worker: string;
  readonly log: Logger;
  readonly report: () => Heartbeat;
  readonly introduce: () => Promise<void>;
  /** Frames whose log somebody reads. */
  readonly onFollow: (follow: readonly FollowedFrame[]) => void;
}

/** Tells the manager what each slot does: every 3 s unless told otherwise, and soon after each change. Misses are made good by the next beat. */
export class Heart {
  readonly #options: HeartOptions;
  #timer: NodeJS.Timeout | null = null;
  #due = Number.POSITIVE_INFINITY;
  #beating = false;
  #stopped = false;
  #beatMs = BEAT_MS;
  #soonMs = SOON_MS;

  constructor(options: HeartOptions) {
    this.#options = options;
  }

  start(): void {
    this.#schedule(0);
  }

  changed(): void {
    if (Date.now() + this.#soonMs < this.#due) this.#schedule(this.#soonMs);
  }

  stop(): void {
    this.#stopped = true;
    if (this.#timer) clearTimeout(this.#timer);
  }

  #schedule(ms: number): void {
    if (this.#stopped) return;
    if (this.#timer) clearTimeout(this.#timer);
    // A job that comes or ends changes all workers in the same moment; they must not all tell of it in one.
    const wait = ms * (0.75 + Math.random() / 4);
    this.#due = Date.now() + wait;
    this.#timer = setTimeout(() => {
      this.#beat().catch((error: unknown) => this.#options.log.debug({ error }, 'a heartbeat was lost'));
    }, wait);
  }

  async #beat(): Promise<void> {
    this.#schedule(this.#beatMs);
    if (this.#beating) return;
    this.#beating = true;
    try {
      const { client, worker, report, introduce, onFollow } = this.#options;
      const {
        known,
        beatMs,
        changesMs,
        follow = [],
      } = await client.call(workerRoutes.heartbeat, {
        params: { worker },
        body: report(),
        timeoutSeconds: 5,
      });
      this.#beatMs = beatMs ?? BEAT_MS;
      this.#soonMs = changesMs ?? SOON_MS;
      onFollow(follow);
      if (!known) await introduce();
    } catch (error) {
      if (!(error instanceof FarmError)) throw error;
    } finally {
      this.#beating = false;
    }
  }
}
