import { setTimeout as sleep } from 'node:timers/promises';
import { FarmError } from '@akashganga/protocol';

export interface RetryOptions {
  readonly signal?: AbortSignal;
  /** Called before each wait, for the log. */
  readonly onWait?: (error: FarmError, seconds: number) => void;
  /** Give up after this many seconds; default: never. */
  readonly forSeconds?: number;
}

const FIRST_WAIT = 0.2;
const LONGEST_WAIT = 5;
/** Of the seconds that a farm asks us to wait. */
const MOST_ASKED = 60;

/**
 * Runs `work` until it succeeds or fails for good. An error that says `later` is waited out, with
 * growing waits of up to 5 s and some chance in them so that a thousand workers do not return at once.
 */
export async function retryLater<T>(work: () => Promise<T>, options: RetryOptions = {}): Promise<T> {
  const giveUp =
    options.forSeconds === undefined ? Number.POSITIVE_INFINITY : Date.now() + options.forSeconds * 1000;
  for (let wait = FIRST_WAIT; ; wait = Math.min(wait * 2, LONGEST_WAIT)) {
    options.signal?.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof FarmError) || error.retry !== 'later' || Date.now() > giveUp) throw error;
      const asked = Number(error.details.seconds ?? 0);
      const seconds =
        Math.max(wait, error.status === 429 ? Math.min(asked, MOST_ASKED) : 0) * (0.5 + Math.random());
      options.onWait?.(error, seconds);
      await sleep(seconds * 1000, undefined, options.signal ? { signal: options.signal } : {});
    }
  }
}
