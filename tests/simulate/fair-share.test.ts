import { expect, test } from 'vitest';
import { step } from '../../packages/manager/src/schedule/index.ts';
import { type JobShape, makeJob } from './actors/job-shape.ts';
import { SimFrameServer } from './actors/sim-frame-server.ts';
import { SimWorker } from './actors/sim-worker.ts';
import { Chance } from './world/chance.ts';
import { Clock } from './world/clock.ts';
import { calm } from './world/faults.ts';
import { Link } from './world/link.ts';
import { Managers } from './world/managers.ts';
import { SimRecord } from './world/record.ts';
import { Shelf } from './world/shelf.ts';
import type { World } from './world/world.ts';

const WORKERS = 10;
const HOUR_MS = 3_600_000;

/** Jobs that none of the hour sees the end of: one submitter with many small frames, one with five jobs, one late. */
const shapes: readonly JobShape[] = [
  job('asha-1', 'asha', 3),
  ...[1, 2, 3, 4, 5].map((number) => job(`bela-${number}`, 'bela', 20)),
  job('chand-1', 'chand', 60),
  job('chand-2', 'chand', 7),
];

function job(id: string, submitter: string, seconds: number): JobShape {
  const frames = Math.ceil((WORKERS * 3600 * 2) / seconds);
  return makeJob({
    ...{ id, seed: 5, frames, seconds, times: 'uniform', badFrame: 0, hangingFrame: 0 },
    asked: { frames: `1-${frames}`, submitter },
  });
}

/** Seconds of slots that each job had between the end of the tenth minute and the end of the hour. */
async function anHour(seed: number, restartEveryMs: number | null): Promise<Map<string, number>> {
  const world: World = { clock: new Clock(), chance: new Chance(seed), faults: calm };
  const shelf = new Shelf();
  // What must hold at every step is for the stories; here only time counts.
  const watch = { decided: () => undefined, started: () => undefined };
  const managers = new Managers(world, new SimRecord(world, shelf), { step, watch });
  const link = new Link(world, managers);
  const server = new SimFrameServer(world, link);
  server.start();
  const used = new Map<string, number>();
  for (let index = 0; index < WORKERS; index += 1)
    new SimWorker(
      { id: `worker-${index}`, slots: 1, speed: 1, tags: [], faulty: 0 },
      {
        ...{ world, link, shapes: new Map(shapes.map((shape) => [shape.id, shape])) },
        tried: () => 0,
        deliver: (delivery) => server.take(delivery),
        onEnd: (_, id, seconds) => used.set(id, (used.get(id) ?? 0) + seconds),
      },
    ).start();
  await world.clock.run(5000);
  for (const { id, input } of shapes)
    managers.open({ kind: 'submit', id, job: input }).reply.catch(() => undefined);
  await world.clock.run(600_000);
  if (restartEveryMs !== null)
    world.clock.every(restartEveryMs, () => {
      managers.restart(1000);
      return true;
    });
  used.clear();
  await world.clock.run(HOUR_MS);
  if (managers.broken) throw managers.broken;
  return used;
}

// What each has had is not written down: a manager that starts lets all begin as equals, which costs those who were
// behind what they were behind by, at most a minute of the farm.
test.each([
  ['', null],
  [', also when the manager starts anew every seven minutes', 7 * 60_000],
])(
  'submitters have equal shares of the farm, and so have the jobs of each%s',
  async (_, restartEveryMs) => {
    const used = await anHour(3, restartEveryMs);
    const all = [...used.values()].reduce((sum, one) => sum + one, 0);
    const of = (name: string) =>
      [...used].filter(([id]) => id.startsWith(name)).reduce((sum, [, seconds]) => sum + seconds, 0);
    // All slots were busy, but for what travels and the frames under way at both ends.
    expect(all).toBeGreaterThan(WORKERS * 3000 * 0.95);
    for (const name of ['asha', 'bela', 'chand']) {
      expect(of(name) / all, name).toBeGreaterThan(0.28);
      expect(of(name) / all, name).toBeLessThan(0.39);
    }
    for (const [id, seconds] of used) {
      const jobs = shapes.filter((shape) => shape.id.startsWith(id.slice(0, 4))).length;
      expect(seconds / all, id).toBeGreaterThan((1 / 3 / jobs) * 0.75);
      expect(seconds / all, id).toBeLessThan((1 / 3 / jobs) * 1.25);
    }
  },
  120_000,
);
