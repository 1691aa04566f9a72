import { expect, test } from 'vitest';
import { allTimes, farms, race } from './makespan.ts';

const FRAMES = 2000;
const SEEDS = [11, 12];

// The longest frame may come last, and nobody knows before that it is one; the shortest time there is takes no notice.
const cases = allTimes.flatMap((times) => Object.keys(farms).map((workers) => ({ times, workers })));

test.each(cases)(
  'a job of $times frames on $workers workers takes little more than the shortest time, and ends within a frame',
  async ({ times, workers }) => {
    for (const seed of SEEDS) {
      const speeds = farms[workers] ?? [];
      const done = await race({ seed, times, speeds, frames: FRAMES, seconds: 20 });
      const unknowable = times === 'heavy' ? done.longest : 0;
      expect(done.took).toBeLessThanOrEqual(done.ideal * 1.03 + unknowable);
      // From the moment nothing waits any more: one frame on the fastest worker, and its way there and back. A frame of
      // fifteen times the usual length may have begun on a slow one before anybody could know.
      expect(done.tail).toBeLessThanOrEqual(done.longest * (times === 'heavy' ? 2 : 1.15) + 1);
    }
  },
  120_000,
);
