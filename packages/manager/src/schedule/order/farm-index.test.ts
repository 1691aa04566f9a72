import { expect, test } from 'vitest';
import { probeReport, TestFarm } from '../farm.fixture.ts';
import type { FarmState, JobEntry, WorkerEntry } from '../farm-state.ts';
import { mayTake, suits, takesWork } from '../match.ts';
import { Simulation } from '../simulation.fixture.ts';
import { isReady } from './is-ready.ts';

/** What the index is for, found by looking at every request and every job. */
function forgotten(state: FarmState): string[] {
  const may = (worker: WorkerEntry, job: JobEntry) =>
    isReady(state, job) && suits(state, worker, job) && mayTake(state, worker, job);
  return [...state.asking.values()].flatMap((ask) => {
    const worker = state.workers.get(ask.worker);
    if (!worker || !takesWork(worker) || ask.want === 0 || ask.idle === 0) return [];
    return state.open.filter((job) => may(worker, job)).map((job) => `${job.id} for ${ask.worker}`);
  });
}

test.each([1, 2, 3, 4, 5, 6, 7, 8])(
  'nothing that could be handed out waits while a slot that suits it is free (seed %i)',
  (seed) => {
    const simulation = new Simulation(seed, 2 + (seed % 4));
    for (let count = 0; count < 2000; count += 1) {
      simulation.step();
      expect(forgotten(simulation.farm.state)).toEqual([]);
    }
  },
);

test('what a farm remembers of jobs and workers goes with them', () => {
  const farm = TestFarm.rendering('1-3');
  farm.hello('walt', { tags: ['gpu'] });
  farm.submit({ tags: ['gpu'] }, 'job-2');
  expect([farm.state.index.needs.size, farm.state.index.workers.all.size]).toEqual([2, 2]);
  for (const job of ['job-1', 'job-2']) farm.say({ kind: 'delete', job });
  for (const worker of ['wanda', 'walt']) farm.say({ kind: 'remove-worker', worker });
  const { index } = farm.state;
  expect([index.needs.size, index.workers.all.size, index.workers.slots]).toEqual([0, 0, 0]);
  expect([index.fresh.size, index.workers.restless.size, index.unplaced.size, index.unmatched.size]).toEqual([
    0, 0, 0, 0,
  ]);
});

/** Renders frame by frame with the worker; counts what each job got. */
function shares(farm: TestFarm, worker: string, frames: number, seconds: (job: string) => number) {
  const got: Record<string, number> = {};
  for (let count = 0; count < frames; count += 1) {
    const lease = farm.lease(worker);
    if (lease.kind === 'probe') {
      farm.update(worker, { kind: 'probed', lease: lease.id, report: probeReport() });
      continue;
    }
    farm.done(lease, undefined, seconds(lease.job));
    got[lease.job] = (got[lease.job] ?? 0) + seconds(lease.job);
  }
  return got;
}

test('two submitters share the farm by what their frames take, not by how many they are', () => {
  const farm = TestFarm.rendering('1-1000', ['wanda'], { submitter: 'asha', chunk: 1 });
  farm.submit({ frames: '1-1000', submitter: 'bela', chunk: 1 }, 'job-2');
  const got = shares(farm, 'wanda', 300, (job) => (job === 'job-1' ? 30 : 10));
  expect(Math.abs((got['job-1'] ?? 0) - (got['job-2'] ?? 0))).toBeLessThanOrEqual(120);
});

test('someone with many jobs gets no more than someone with one, and his jobs share alike', () => {
  const farm = TestFarm.rendering('1-1000', ['wanda'], { submitter: 'asha', chunk: 1 });
  farm.submit({ frames: '1-1000', submitter: 'bela', chunk: 1 }, 'job-2');
  farm.submit({ frames: '1-1000', submitter: 'bela', chunk: 1 }, 'job-3');
  const got = shares(farm, 'wanda', 600, () => 10);
  const bela = (got['job-2'] ?? 0) + (got['job-3'] ?? 0);
  expect(Math.abs((got['job-1'] ?? 0) - bela)).toBeLessThanOrEqual(180);
  expect(Math.abs((got['job-2'] ?? 0) - (got['job-3'] ?? 0))).toBeLessThanOrEqual(180);
});

test('a higher priority comes before any share', () => {
  const farm = TestFarm.rendering('1-1000', ['wanda'], { submitter: 'asha', chunk: 1 });
  farm.submit({ frames: '1-1000', submitter: 'bela', chunk: 1, priority: 60 }, 'job-2');
  const got = shares(farm, 'wanda', 100, () => 10);
  expect(got['job-1']).toBeUndefined();
});

test('whoever comes late is first for a minute of the farm, and then an equal', () => {
  const farm = TestFarm.rendering('1-5000', ['wanda'], { submitter: 'asha', chunk: 1 });
  shares(farm, 'wanda', 1000, () => 10);
  farm.submit({ frames: '1-1000', submitter: 'bela', chunk: 1 }, 'job-2');
  const got = shares(farm, 'wanda', 201, () => 10);
  const lead = (got['job-2'] ?? 0) - (got['job-1'] ?? 0);
  expect(lead).toBeGreaterThanOrEqual(-60);
  expect(lead).toBeLessThanOrEqual(180);
});
