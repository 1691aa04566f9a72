import { describe, expect, it } from 'vitest';
import { sampleJob } from '../live/sample.ts';
import { jobActions, jobLook, passes, sortJobs } from './job-words.ts';

const none = { ...sampleJob().frames, waiting: 0 };

describe('the look of a job', () => {
  it('is rendering only while frames are in hand', () => {
    expect(jobLook(sampleJob({ frames: { ...none, rendering: 1, waiting: 9 } })).says).toBe('Rendering');
    expect(jobLook(sampleJob()).says).toBe('Waiting');
  });
  it('tells that the film is being made', () => {
    const film = { ...sampleJob().film, state: 'encoding' as const };
    expect(jobLook(sampleJob({ film, frames: { ...none, done: 10 } })).says).toBe('Making the film');
  });
});

describe('the actions of a job', () => {
  it('follow its state', () => {
    expect(jobActions(sampleJob({ state: 'active' }))).toEqual(['pause', 'cancel', 'delete']);
    expect(jobActions(sampleJob({ state: 'paused' }))).toEqual(['resume', 'cancel', 'delete']);
    expect(jobActions(sampleJob({ state: 'completed' }))).toEqual(['delete']);
  });
  it('offer to retry where frames failed or were canceled', () => {
    expect(jobActions(sampleJob({ state: 'failed', frames: { ...none, failed: 2 } }))).toContain('retry');
    expect(jobActions(sampleJob({ state: 'canceled', frames: { ...none, canceled: 2 } }))).toContain('retry');
  });
});

describe('the filter', () => {
  it('finds by name, person and tag, whatever the case', () => {
    const job = sampleJob({ name: 'Galaxy', submitter: 'Mira', tags: ['Night'] });
    expect(['GALA', 'mir', ' night ', ''].every((text) => passes(job, 'all', text))).toBe(true);
    expect(passes(job, 'all', 'moon')).toBe(false);
  });
  it('shows a job with one failed frame as trouble, and as open', () => {
    const job = sampleJob({ frames: { ...none, done: 5, failed: 1 } });
    expect(passes(job, 'trouble', '')).toBe(true);
    expect(passes(job, 'open', '')).toBe(true);
    expect(passes(job, 'finished', '')).toBe(false);
  });
});

describe('the order', () => {
  const jobs = [
    sampleJob({
      id: 'a',
      name: 'Shot 10',
      priority: 20,
      frames: { ...none, total: 10, done: 9 },
      secondsLeft: null,
    }),
    sampleJob({
      id: 'b',
      name: 'shot 9',
      priority: 80,
      frames: { ...none, total: 10, done: 1 },
      secondsLeft: 5,
    }),
  ];
  it.each([
    ['newest', 'a b'],
    ['priority', 'b a'],
    ['name', 'b a'],
    ['progress', 'a b'],
    ['left', 'b a'],
  ] as const)('%s', (sort, ids) => {
    expect(
      sortJobs(jobs, sort)
        .map(({ id }) => id)
        .join(' '),
    ).toBe(ids);
  });
});
