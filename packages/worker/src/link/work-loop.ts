import { type FarmClient, retryLater } from '@akashganga/client';
import { FarmError, type WorkReply, type WorkRequest, workerRoutes } from '@akashganga/protocol';
import type { Logger } from 'pino';

export interface WorkLoopOptions {
  readonly client: FarmClient;
  readonly worker: string;
  readonly boot: string;
  readonly log: Logger;
  readonly signal: AbortSignal;
  /** What to ask for now. */
  readonly needs: () => Pick<WorkRequest, 'holding' | 'want' | 'idle'>;
  readonly onReply: (reply: WorkReply) => void;
  /** Says hello again: the manager does not know this worker. */
  readonly introduce: () => Promise<void>;
}

/** Keeps one request for work open for as long as the worker lives; asks anew when it needs more than it asked for. */
export class WorkLoop {
  readonly #options: WorkLoopOptions;
  #asked: { want: number; idle: number } | null = null;
  #round: AbortController | null = null;

  constructor(options: WorkLoopOptions) {
    this.#options = options;
  }

  /** To be called when slots became free or leases ended. */
  needsChanged(): void {
    const { want, idle } = this.#options.needs();
    if (this.#asked && (want > this.#asked.want || (want > 0 && idle > this.#asked.idle)))
      this.#round?.abort();
  }

  async run(): Promise<void> {
    const { signal, log } = this.#options;
    while (!signal.aborted) {
      try {
        const reply = await retryLater(() => this.#ask(), { signal });
        if (reply) this.#options.onReply(reply);
      } catch (error) {
        if (signal.aborted) return;
        if (!(error instanceof FarmError) || error.code !== 'worker.unknown') throw error;
        log.info('the manager does not know this worker; introducing it again');
        await this.#options.introduce();
      }
    }
  }

  /** One request; null when it was given up to ask for more. */
  async #ask(): Promise<WorkReply | null> {
    const { client, worker, boot, signal, needs } = this.#options;
    const body = { boot, ...needs() };
    const round = new AbortController();
    this.#asked = { want: body.want, idle: body.idle };
    this.#round = round;
    try {
      return await client.call(workerRoutes.work, {
        params: { worker },
        body,
        signal: AbortSignal.any([signal, round.signal]),
        timeoutSeconds: 45,
      });
    } catch (error) {
      if (round.signal.aborted && !signal.aborted) return null;
      throw error;
    } finally {
      this.#asked = null;
      this.#round = null;
    }
  }
}
