import { expect, it } from 'vitest';
import { links, routeOf } from './route.ts';

it('finds each page by its own link', () => {
  expect(routeOf(links.farm)).toEqual({ page: 'farm' });
  expect(routeOf('')).toEqual({ page: 'farm' });
  expect(routeOf(links.workers)).toEqual({ page: 'workers' });
  expect(routeOf(links.worker('w-1'))).toEqual({ page: 'worker', worker: 'w-1' });
  expect(routeOf(links.wholeFarm)).toEqual({ page: 'whole-farm' });
  expect(routeOf(links.history)).toEqual({ page: 'history' });
  expect(routeOf(links.submit)).toEqual({ page: 'submit' });
  expect(routeOf(links.frame('k3v9x0ta', -5))).toEqual({
    page: 'frame',
    job: 'k3v9x0ta',
    frame: -5,
    other: null,
  });
  expect(routeOf(links.frame('k3v9x0ta', 12, 24))).toMatchObject({ frame: 12, other: 24 });
  expect(routeOf(links.job('k3v9x0ta'))).toEqual({ page: 'job', job: 'k3v9x0ta' });
});

it('survives addresses that nobody made', () => {
  expect(routeOf('#/jobs/%E0%A4%A')).toEqual({ page: 'job', job: '%E0%A4%A' });
  for (const hash of [
    '#/jobs/k3v9/frames/',
    '#/jobs/k3v9/frames/1/with/x',
    '#/jobs/k3v9/frames/1/2',
    '#/jobs/k3v9/films/1',
  ])
    expect(routeOf(hash)).toEqual({ page: 'unknown' });
  expect(routeOf('#/no/such/page')).toEqual({ page: 'unknown' });
});
