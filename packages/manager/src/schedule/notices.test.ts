import type { Notice } from '@akashganga/protocol';
import { expect, test } from 'vitest';
import { problem, TestFarm } from './farm.fixture.ts';
import { failJob, moveJob } from './job-life.ts';
import { Outcome } from './outcome.ts';

function told(work: (farm: TestFarm, outcome: Outcome) => void): Notice[] {
  const farm = TestFarm.rendering('1-10');
  const outcome = new Outcome();
  work(farm, outcome);
  return outcome.facts.flatMap((fact) => (fact.kind === 'notice' ? [fact.notice] : []));
}

const job = (farm: TestFarm) => farm.state.jobs.get('job-1')!;

test('that a job failed is told once, with the reason', () => {
  const notices = told((farm, outcome) => {
    failJob(farm.state, job(farm), problem('scene.no-camera'), farm.now, outcome);
    failJob(farm.state, job(farm), problem('render.crashed'), farm.now, outcome);
  });
  expect(notices).toMatchObject([
    {
      event: 'job.failed',
      job: { id: 'job-1', frames: { total: 10 } },
      problem: { code: 'scene.no-camera' },
    },
  ]);
});

test('that a job is done is told, and what a person stops is not', () => {
  expect(
    told((farm, outcome) => moveJob(farm.state, job(farm), 'complete', farm.now, outcome)),
  ).toMatchObject([{ event: 'job.done', job: { id: 'job-1' }, problem: null }]);
  expect(told((farm, outcome) => moveJob(farm.state, job(farm), 'cancel', farm.now, outcome))).toEqual([]);
});
