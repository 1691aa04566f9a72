import { Broken, replay, simulate, type Wanted } from './simulate.ts';

/** Plays the seeds one after the other; fails with the command that plays the failing one again. Gives the hours. */
export async function play(all: readonly Wanted[]): Promise<number> {
  let hours = 0;
  for (const wanted of all) {
    try {
      hours += (await simulate(wanted)).hours;
    } catch (error) {
      const what = error instanceof Broken ? error.message : ((error as Error).stack ?? String(error));
      throw new Error(`${what}\nReplay it with:\n  ${replay(wanted)}`);
    }
  }
  return hours;
}
