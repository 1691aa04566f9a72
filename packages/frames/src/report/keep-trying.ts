import { setTimeout as sleep } from 'node:timers/promises';
import { retryLater } from '@akashganga/client';
import type { Logger } from 'pino';

const SECONDS_AFTER_REFUSAL = 5;

/**
 * Runs `work` until it succeeds: what the manager has to know is never dropped, so an error that says
 * `never` (a wrong key, another release) is tried again too, every 5 s. Throws only when `signal` aborts.
 */
export async function keepTrying<T>(work: () => Promise<T>, signal: AbortSignal, log: Logger): Promise<T> {
  let quiet = false;
  for (;;) {
    try {
      const result = await retryLater(work, {
        signal,
        onWait: (error) => {
          if (!quiet) log.warn({ code: error.code }, error.says);
          quiet = true;
        },
      });
      if (quiet) log.info('the manager answers again');
      return result;
    } catch (error) {
      if (signal.aborted) throw error;
      log.error({ err: error }, 'the manager refuses; trying again');
      await sleep(SECONDS_AFTER_REFUSAL * 1000, undefined, { signal });
    }
  }
}
