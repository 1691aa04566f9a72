import type { Job } from '@akashganga/protocol';
import { expect, test } from 'vitest';
import { TestFarm } from './farm.fixture.ts';

const SECONDS = 10;
const WORKERS = ['wanda', 'walt', 'wilma', 'wolf'];

/** Four slots that begin together and end together, for so many rounds. */
function rendered(rounds: number, frames: number): TestFarm {
  const farm = TestFarm.rendering(`1-${frames}`, WORKERS, { chunk: 1 });
  for (let round = 0; round < rounds; round += 1) {
    const leases = WORKERS.map((worker) => farm.lease(worker));
    for (const [at, lease] of leases.entries()) farm.beat(WORKERS[at] ?? '', lease, Number(lease.frames));
    farm.later(SECONDS * 1000);
    for (const lease of leases) farm.done(lease, undefined, SECONDS);
  }
  return farm;
}

function shown(farm: TestFarm): Job {
  return farm.say<Job>({ kind: 'change-job', job: 'job-1', change: {} });
}

test.each([1, 2, 3, 11, 12, 40])(
  'slots that end together are not taken for faster ones (%i rounds)',
  (rounds) => {
    const job = shown(rendered(rounds, 200));
    const was = (200 / WORKERS.length - rounds) * SECONDS;
    expect(Math.abs((job.secondsLeft ?? 0) - was) / was).toBeLessThan(0.05);
    expect(job.secondsLeftRange?.low).toBeLessThanOrEqual(was);
    expect(job.secondsLeftRange?.high).toBeGreaterThanOrEqual(was);
  },
);

test('the last frame takes what a frame takes, however many slots there are', () => {
  const farm = rendered(9, 37);
  const lease = farm.lease('wanda');
  farm.beat('wanda', lease, 37);
  const job = shown(farm);
  expect(job.secondsLeft).toBeGreaterThanOrEqual(SECONDS / 2);
  expect(job.secondsLeftRange?.high).toBeGreaterThan(SECONDS);
  farm.later(60_000);
  expect(shown(farm).secondsLeft).toBeGreaterThanOrEqual(30);
});
