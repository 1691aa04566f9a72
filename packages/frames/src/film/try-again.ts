import { setTimeout as sleep } from 'node:timers/promises';
import { FarmError } from '@akashganga/protocol';

export interface Trying {
  /** Called before each wait. */
  readonly onWait: (error: FarmError) => void;
  /** Milliseconds until the disk is looked at again. */
  readonly roomMs: number;
  /** Milliseconds before another ffmpeg takes the place of one that was killed. */
  readonly killedMs: number;
}

/** An ffmpeg that is killed so often has too little memory, or somebody who does not want it. */
const KILLS = 5;

/**
 * Does the work again where that can help without anybody ordering it anew: when the disk was full, until there is room;
 * when ffmpeg was killed, a few times. What is finished of a film is kept, so each try goes on where the last one was.
 * Throws everything else, and the reason of `signal`.
 */
export async function tryAgain<T>(work: () => Promise<T>, trying: Trying, signal: AbortSignal): Promise<T> {
  for (let kills = 0; ; ) {
    try {
      return await work();
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof FarmError)) throw error;
      const isKilled = error.code === 'machine.ffmpeg-killed';
      if (isKilled) kills += 1;
      if (kills >= KILLS || !(isKilled || error.code === 'disk.full')) throw error;
      trying.onWait(error);
      await sleep(isKilled ? trying.killedMs : trying.roomMs, undefined, { signal });
    }
  }
}
