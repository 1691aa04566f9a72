import { expect, test } from 'vitest';
import { TestFarm } from './farm.fixture.ts';

test('a job for a graphics card and one for the processor that ask for the same otherwise go each to its own', () => {
  const farm = new TestFarm();
  farm.frameServer();
  farm.hello('card', { gpus: ['optix'] });
  farm.hello('plain', {});
  farm.submit({ settings: { device: 'cpu' } }, 'on-processor');
  farm.submit({ settings: { device: 'gpu' } }, 'on-card');
  expect(farm.leases('card').map(({ job }) => job)).toEqual(['on-card']);
  expect(farm.leases('plain').map(({ job }) => job)).toEqual(['on-processor']);
});

test('a worker has no more jobs at once than it may', () => {
  const farm = TestFarm.rendering('1-9', ['wanda'], { chunk: 1 });
  farm.hello('wanda', { slots: 2 });
  farm.say({ kind: 'change-worker', worker: 'wanda', settings: { maxJobs: 1 } });
  const lease = farm.lease('wanda');
  farm.submit({ frames: '1-9', priority: 90 }, 'job-2');
  expect(farm.lease('wanda', { [lease.id]: 1 }).job).toBe('job-1');
});

test('a worker whose bound is lowered goes on with the job that comes first, whoever has had less', () => {
  const farm = TestFarm.rendering('1-9', ['wanda', 'walt'], { chunk: 1 });
  farm.hello('wanda', { slots: 2 });
  farm.done(farm.lease('walt'), undefined, 100);
  const first = farm.lease('wanda');
  farm.submit({ frames: '1-9', chunk: 1 }, 'job-2');
  farm.probe('walt');
  const second = farm.lease('wanda', { [first.id]: 1 });
  expect([first.job, second.job]).toEqual(['job-1', 'job-2']);
  farm.say({ kind: 'change-worker', worker: 'wanda', settings: { maxJobs: 1 } });
  expect(farm.lease('wanda', { [first.id]: 1, [second.id]: 1 }).job).toBe('job-1');
});
