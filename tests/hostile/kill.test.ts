import type { Attempt, Job } from '@akashganga/protocol';
import { jobRoutes } from '@akashganga/protocol';
import { expect, test } from 'vitest';
import { fakeDigest } from '../farm/processes/look-at-film.ts';
import { writeFakeScene } from '../farm/processes/scenes.ts';
import { TestFarm } from '../farm/processes/test-farm.ts';
import { TestFolder } from '../farm/processes/test-folder.ts';
import { randomFrom } from './random-from.ts';
import { victims, WorkerTraces } from './worker-traces.ts';

// More kills by hand: AKASHGANGA_TEST_KILLS=200 npx vitest run --project farm tests/hostile/kill.test.ts
// The same ones again: AKASHGANGA_TEST_SEED=…, as far as the computer's own timing lets them be the same.
const kills = Number(process.env.AKASHGANGA_TEST_KILLS ?? 15);
const seed = Number(process.env.AKASHGANGA_TEST_SEED ?? Math.floor(Math.random() * 2 ** 31));
const [width, height] = [640, 360];
const framesOfJob = Math.max(60, Math.min(1000, 4 * kills));
/** The longest wait before a kill: a few frames, or the opening of a session and one frame. */
const patienceMs = 600;

test(
  'whatever is killed at whatever time, nothing is left and no half frame is taken',
  async () => {
    console.log(`  ${kills} kills with seed ${seed}`);
    await using folder = await TestFolder.make();
    const random = randomFrom(seed);
    const counts = { blender: 0, bubblewrap: 0, worker: 0 };
    {
      await using farm = await TestFarm.start(folder, { workers: 0 });
      await farm.startWorker('worker-1', ['--slots', '2']);
      const scene = await writeFakeScene(folder, {
        ...{ width, height, frameEnd: framesOfJob, secondsPerFrame: 0.15 },
      });
      const jobs = [await startJob(farm, scene)];
      const traces = await WorkerTraces.of(farm.data('worker-1'));
      expect((await traces.report(farm)).kind).toBe('bubblewrap');
      expect(await traces.groups()).not.toEqual([]);
      for (let kill = 1; kill <= kills; kill++) {
        const newest = await farm.job(jobs.at(-1) ?? '');
        if (newest.frames.total - newest.frames.done < 12) jobs.push(await startJob(farm, scene));
        const kind = victims[Math.floor(random() * victims.length)] ?? 'worker';
        await new Promise((next) => setTimeout(next, random() * patienceMs));
        counts[kind] += 1;
        if (kind === 'worker') await killWorker(farm, traces);
        else await traces.killOne(kind, random);
      }
      for (const id of jobs) await expectWhole(farm, id);
      await farm.role('worker-1').stop();
      expect(await traces.left()).toEqual([]);
    }
    console.log(`  killed: ${JSON.stringify(counts)}`);
  },
  240_000 + kills * 6000,
);

async function startJob(farm: TestFarm, scene: string): Promise<string> {
  const id = await farm.submit(scene);
  // The examination is no frame: killed, it counts against its computer, of which there is one here.
  await farm.until(id, (job) => job.frames.done > 0);
  return id;
}

async function killWorker(farm: TestFarm, traces: WorkerTraces): Promise<void> {
  await farm.role('worker-1').kill();
  await expect.poll(() => traces.processes()).toEqual([]);
  const before = await traces.files();
  await farm.startWorker('worker-1', ['--slots', '2']);
  const after = await traces.files();
  expect(before.filter((file) => after.includes(file))).toEqual([]);
}

/** Frames that were killed three times have failed, as they should, and are asked for again. */
async function expectWhole(farm: TestFarm, id: string): Promise<void> {
  let job = await farm.ended(id, 180);
  for (let round = 0; round < 3 && job.state === 'failed'; round++) {
    for (const frame of await failed(farm, job)) {
      const params = { job: id, frame };
      const { attempts } = await farm.client.call(jobRoutes.frame, { params });
      expect(attempts.filter((attempt) => !wasKilled(attempt))).toEqual([]);
    }
    expect(await farm.command(['retry', id])).toMatchObject({ code: 0 });
    job = await farm.ended(id, 60);
  }
  expect(job).toMatchObject({ state: 'completed', frames: { total: framesOfJob, done: framesOfJob } });
  const wrong = (await farm.frames(id)).filter((one) => one.digest !== fakeDigest(width, height, one.frame));
  expect(wrong).toEqual([]);
}

async function failed(farm: TestFarm, job: Job): Promise<number[]> {
  const frames = await farm.frames(job.id);
  return frames.filter((one) => one.state === 'failed').map((one) => one.frame);
}

function wasKilled({ outcome, problem }: Attempt): boolean {
  return outcome === 'lost' || problem?.code === 'render.killed';
}
