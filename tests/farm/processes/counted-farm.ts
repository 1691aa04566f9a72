// A farm under load whose frames are counted: the real manager with its PostgreSQL, and workers that render by waiting.
import type { FrameRun } from '@akashganga/protocol';
import { expect } from 'vitest';
import { LoadedFarm } from '../../../bench/dispatch/loaded-farm.ts';

export const WORKERS = 100;

export async function countedFarm(): Promise<LoadedFarm> {
  const farm = await LoadedFarm.start({ workers: WORKERS, frameMs: 1500, jobs: 1, frames: 100_000 });
  await farm.until(() => farm.frameServer.acknowledged > WORKERS, 60);
  return farm;
}

/** Frames that the manager says are done. */
async function doneFrames(farm: LoadedFarm): Promise<Set<number>> {
  const [job = ''] = farm.jobs;
  const { runs } = await farm.calls.call<{ runs: FrameRun[] }>('GET', `/jobs/${job}/frame-states`);
  const done = runs.filter((run) => run.state === 'done');
  return new Set(
    done.flatMap(({ first, last, step }) =>
      Array.from({ length: (last - first) / step + 1 }, (_, index) => first + index * step),
    ),
  );
}

export async function everythingAcknowledgedIsDone(farm: LoadedFarm): Promise<void> {
  const acknowledged = [...farm.frameServer.known];
  const done = await doneFrames(farm);
  expect(acknowledged.filter((key) => !done.has(Number(key.split(' ')[1])))).toEqual([]);
  expect(acknowledged.length).toBeGreaterThan(WORKERS);
}
