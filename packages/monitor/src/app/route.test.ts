import { expect, it } from 'vitest';
import { links, routeOf } from './route.ts';

it('finds each page by its own link', () => {
  expect(routeOf(links.farm)).toEqual({ page: 'farm' });
  expect(routeOf('')).toEqual({ page: 'farm' });
  expect(routeOf(links.workers)).toEqual({ page: 'workers' });
  expect(routeOf(links.worker('w-1'))).toEqual({ page: 'worker', worker: 'w-1' });
  expect(routeOf(links.history)).toEqual({ page: 'history' });
  expect(routeOf(links.submit)).toEqual({ page: 'submit' });
  expect(routeOf(links.job('k3v9x0ta'))).toEqual({ page: 'job', job: 'k3v9x0ta' });
});

it('survives addresses that nobody made', () => {
  expect(routeOf('#/jobs/%E0%A4%A')).toEqual({ page: 'job', job: '%E0%A4%A' });
  expect(routeOf('#/no/such/page')).toEqual({ page: 'unknown' });
});
