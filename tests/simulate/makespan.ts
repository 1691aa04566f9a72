import { showJob, step } from '../../packages/manager/src/schedule/index.ts';
import { frameSeconds, type JobShape, makeJob, type Times } from './actors/job-shape.ts';
import { SimFrameServer } from './actors/sim-frame-server.ts';
import { SimWorker } from './actors/sim-worker.ts';
import { Checker } from './check/checker.ts';
import { Chance } from './world/chance.ts';
import { Clock } from './world/clock.ts';
import { calm, type Faults } from './world/faults.ts';
import { Link } from './world/link.ts';
import { Managers } from './world/managers.ts';
import { SimRecord } from './world/record.ts';
import { Shelf } from './world/shelf.ts';
import { must, type World } from './world/world.ts';

export interface Race {
  readonly seed: number;
  readonly times: Times;
  /** Speeds of the workers, one slot each. */
  readonly speeds: readonly number[];
  readonly frames: number;
  /** Mean seconds of a frame on a worker of speed 1. */
  readonly seconds: number;
  readonly faults?: Faults;
}

export interface Finish {
  /** Seconds from the end of the probe to the last frame. */
  readonly took: number;
  /** Seconds that all slots together would need if no frame were ever waited for. */
  readonly ideal: number;
  /** Seconds from the moment nothing waited any more to the last frame. */
  readonly tail: number;
  /** The most frames that a slot could have rendered, by its own speed and the longest frame, while it had nothing to do at the end. */
  readonly idleFrames: number;
  /** Seconds of the longest frame on the fastest worker. */
  readonly longest: number;
  /** Frames that were rendered more often than once. */
  readonly rendered: number;
  /** What was said of the time left when these shares of the frames were done, and what it was. */
  readonly predictions: readonly Prediction[];
}

export interface Prediction {
  /** Of the frames, 0 to 1. */
  readonly share: number;
  /** Seconds. */
  readonly low: number;
  readonly said: number;
  readonly high: number;
  readonly was: number;
}

const SHARES = [0.02, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9];

/** Frames that take about the same, some that take far longer, and frames that grow slowly. */
export const allTimes: readonly Times[] = ['uniform', 'heavy', 'growing'];

export const farms: Readonly<Record<string, readonly number[]>> = {
  equal: Array.from({ length: 20 }, () => 1),
  // Ten to one, and some between.
  unequal: Array.from({ length: 20 }, (_, index) => 0.25 * 10 ** (index / 19)),
};

/** One job on a farm that has nothing else to do, until its last frame is stored. */
export async function race({ seed, times, speeds, frames, seconds, faults = calm }: Race): Promise<Finish> {
  const shape: JobShape = makeJob({
    ...{ id: 'job-1', seed, frames, seconds, times, badFrame: faults.badFrame, hangingFrame: 0 },
    asked: { frames: `1-${frames}` },
  });
  const world: World = { clock: new Clock(), chance: new Chance(seed), faults };
  const shelf = new Shelf();
  const managers = new Managers(world, new SimRecord(world, shelf), { step, watch: new Checker(shelf) });
  const link = new Link(world, managers);
  const server = new SimFrameServer(world, link);
  server.start();
  const seen = { begunAt: null as number | null, idle: new Map<string, number>(), rendered: 0 };
  const tries = new Map<number, number>();
  const shapes = new Map([[shape.id, shape]]);
  for (const [index, speed] of speeds.entries()) {
    const traits = { id: `worker-${index}`, slots: 1, speed, tags: [], faulty: 0 };
    const worker = new SimWorker(traits, {
      ...{ world, link, shapes },
      tried: (_, frame) => {
        tries.set(frame, (tries.get(frame) ?? 0) + 1);
        return (tries.get(frame) ?? 1) - 1;
      },
      deliver: (delivery) => server.take(delivery),
      onStart: (name) => {
        seen.begunAt ??= world.clock.now;
        seen.idle.delete(name);
      },
      onEnd: () => {
        seen.rendered += 1;
      },
      onIdle: (name, since) => {
        if (!seen.idle.has(name)) seen.idle.set(name, since);
      },
    });
    worker.start();
    if (Number.isFinite(faults.workerDies))
      world.clock.every(world.chance.wait(faults.workerDies * 1000 * speeds.length), () => {
        worker.die();
        world.clock.after(5000, () => worker.start());
        return true;
      });
  }
  await world.clock.run(10_000);
  managers.open({ kind: 'submit', id: shape.id, job: shape.input }).reply.catch(() => undefined);
  let dryAt = 0;
  const said: Omit<Prediction, 'was'>[] = [];
  const saidAt: number[] = [];
  const isOver = () => {
    const state = managers.leader?.state;
    const job = state?.jobs.get(shape.id);
    const board = job?.board;
    const share = SHARES[said.length] ?? 2;
    if (state && job && board && board.count('done') >= share * frames) {
      const { secondsLeft, secondsLeftRange } = showJob(state, job, managers.time);
      const { low, high } = secondsLeftRange ?? { low: 0, high: 0 };
      said.push({ share, low, said: secondsLeft ?? 0, high });
      saidAt.push(world.clock.now);
    }
    if (!board || board.count('waiting') > 0) dryAt = world.clock.now;
    return managers.broken !== null || (server.stored.get(shape.id)?.size ?? 0) === frames;
  };
  await world.clock.run(1e9, isOver);
  if (managers.broken) throw managers.broken;
  must(isOver(), () => `the race of seed ${seed} never ends`);
  const numbers = Array.from({ length: frames }, (_, index) => frameSeconds(shape, index + 1));
  const speed = speeds.reduce((sum, one) => sum + one, 0);
  return {
    took: (world.clock.now - (seen.begunAt ?? 0)) / 1000,
    ideal: numbers.reduce((sum, one) => sum + one, 0) / speed,
    tail: (world.clock.now - dryAt) / 1000,
    idleFrames: Math.max(
      ...[...seen.idle].map(
        ([name, since]) =>
          ((world.clock.now - since) / 1000 / Math.max(...numbers)) * (speeds[Number(name.slice(7))] ?? 1),
      ),
    ),
    longest: Math.max(...numbers) / Math.max(...speeds),
    rendered: seen.rendered,
    predictions: said.map((one, at) => ({ ...one, was: (world.clock.now - (saidAt[at] ?? 0)) / 1000 })),
  };
}
