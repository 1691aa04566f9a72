import { expect, test } from 'vitest';
import { TestFarm } from '../schedule/farm.fixture.ts';
import { readFrameStates } from './read-frames.ts';

const all = { limit: 100_000 };

test('a million frames are a few runs', () => {
  const farm = TestFarm.rendering('1-1000000');
  farm.done(farm.lease('wanda'));
  farm.lease('wanda');
  const { runs, next } = readFrameStates(farm, 'job-1', all);
  expect(runs).toEqual([
    { first: 1, last: 1, step: 1, state: 'done' },
    { first: 2, last: expect.any(Number), step: 1, state: 'leased' },
    { first: expect.any(Number), last: 1_000_000, step: 1, state: 'waiting' },
  ]);
  expect(next).toBeNull();
});

test('runs have the step of the frames, and every frame is in one of them', () => {
  const farm = TestFarm.rendering('-10--1x3,5,7-9,100-200x50');
  const { runs } = readFrameStates(farm, 'job-1', all);
  const listed = runs.flatMap(({ first, last, step }) =>
    Array.from({ length: (last - first) / step + 1 }, (_, index) => first + index * step),
  );
  expect(listed).toEqual([...(farm.job().board?.numbers ?? [])]);
});

test('what does not fit into one answer comes with the next', () => {
  const farm = TestFarm.rendering('1-6', ['wanda'], { chunk: 1 });
  for (const frame of [2, 4, 6]) farm.done({ id: 'late', job: 'job-1', frames: null }, frame);
  const first = readFrameStates(farm, 'job-1', { limit: 4 });
  expect(first.runs).toHaveLength(4);
  const second = readFrameStates(farm, 'job-1', { limit: 4, from: first.next ?? 0 });
  expect(second).toMatchObject({ runs: [{ first: 5 }, { first: 6, state: 'done' }], next: null });
});

test('a job that was not examined yet has no runs', () => {
  const farm = new TestFarm();
  farm.submit();
  expect(readFrameStates(farm, 'job-1', all)).toEqual({ runs: [], next: null });
});
