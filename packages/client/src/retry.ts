import { setTimeout as sleep } from 'node:timers/promises';
import { FarmError } from '@akashganga/protocol';
import { isLoopback } from '@akashganga/trust';

export interface RetryOptions {
  readonly signal?: AbortSignal;
  /** Called before each wait, for the log. */
  readonly onWait?: (error: FarmError, seconds: number) => void;
  /** Give up after this many seconds; default: never. */
  readonly forSeconds?: number;
}

const FIRST_WAIT = 0.2;
const LONGEST_WAIT = 5;
/** A manager of this computer that does not listen yet is asked again this soon, and for so many seconds. */
const SOON = 0.2;
const SOON_FOR = 10;
/** Of the seconds that a farm asks us to wait. */
const MOST_ASKED = 60;

/**
 * Runs `work` until it succeeds or fails for good. An error that says `later` is waited out, with
 * growing waits of up to 5 s and some chance in them so that a thousand workers do not return at once. What does not
 * answer on this computer is about to start, as a rule, and others wait for it: for 10 s those waits do not grow.
 */
export async function retryLater<T>(work: () => Promise<T>, options: RetryOptions = {}): Promise<T> {
  const began = Date.now();
  const giveUp = began + (options.forSeconds ?? Number.POSITIVE_INFINITY) * 1000;
  for (let wait = FIRST_WAIT; ; wait = Math.min(wait * 2, LONGEST_WAIT)) {
    options.signal?.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof FarmError) || error.retry !== 'later' || Date.now() > giveUp) throw error;
      const asked = Number(error.details.seconds ?? 0);
      if (isStarting(error) && Date.now() < began + SOON_FOR * 1000) wait = SOON;
      const seconds =
        Math.max(wait, error.status === 429 ? Math.min(asked, MOST_ASKED) : 0) * (0.5 + Math.random());
      options.onWait?.(error, seconds);
      await sleep(seconds * 1000, undefined, options.signal ? { signal: options.signal } : {});
    }
  }
}

function isStarting({ code, details }: FarmError): boolean {
  const url = String(details.url ?? '');
  return code === 'farm.unreachable' && URL.canParse(url) && isLoopback(new URL(url).hostname);
}
