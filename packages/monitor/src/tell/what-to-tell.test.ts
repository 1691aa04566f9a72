import { expect, it } from 'vitest';
import { sampleJob, sampleWorker } from '../live/sample.ts';
import { stateBefore, tellOfJob, tellOfWorker } from './what-to-tell.ts';

it('tells of a job that ends while one looks, and not of one that had ended before', () => {
  expect(tellOfJob('active', sampleJob({ state: 'completed' }))).toMatchObject({ title: 'Done: Galaxy' });
  const problem = { code: 'scene.no-camera', says: 'The scene has no camera.' };
  expect(tellOfJob('queued', sampleJob({ state: 'failed', problem }))).toMatchObject({
    title: 'Failed: Galaxy',
    body: 'The scene has no camera.',
  });
  expect(tellOfJob(undefined, sampleJob({ state: 'completed' }))).toBeNull();
  expect(tellOfJob('completed', sampleJob({ state: 'completed' }))).toBeNull();
  expect(tellOfJob('active', sampleJob({ state: 'canceled' }))).toBeNull();
});

it('tells of a job that comes and ends between two looks, and not of an old one of which it knows nothing', () => {
  const failed = sampleJob({ id: 'quick', createdAt: 2000, state: 'failed' });
  expect(tellOfJob(stateBefore(failed, new Map(), 1999), failed)).toMatchObject({ title: 'Failed: Galaxy' });
  expect(stateBefore(failed, new Map([['quick', 'failed']]), 1999)).toBe('failed');
  expect(stateBefore(failed, new Map(), 2000)).toBeUndefined();
  expect(stateBefore(failed, new Map(), null)).toBeUndefined();
});

it('tells once of a worker that becomes sick', () => {
  expect(tellOfWorker('rendering', sampleWorker({ state: 'sick' }))).toMatchObject({ title: 'Sick: anu' });
  expect(tellOfWorker('sick', sampleWorker({ state: 'sick' }))).toBeNull();
  expect(tellOfWorker(undefined, sampleWorker({ state: 'sick' }))).toBeNull();
});
