import { describe, expect, it } from 'vitest';
import { sampleJob, sampleWorker } from '../live/sample.ts';
import { figures, headline } from './farm-words.ts';

const counts = sampleJob().frames;
const rendering = sampleJob({ name: 'Galaxy', frames: { ...counts, rendering: 1, waiting: 9 } });

describe('the headline', () => {
  it('names the one job that renders', () => {
    expect(headline([rendering], [])).toBe('Rendering Galaxy');
  });
  it('counts several', () => {
    expect(headline([rendering, rendering], [])).toBe('Rendering 2 jobs');
  });
  it('says when a worker is all that is lacking', () => {
    const lost = sampleWorker({ state: 'lost' });
    expect(headline([sampleJob({ state: 'queued' })], [lost])).toBe('1 job waiting for a worker');
    expect(headline([sampleJob({ state: 'queued' })], [sampleWorker()])).toBe('1 job about to start');
  });
  it('is calm when nothing is to do', () => {
    expect(headline([], [])).toBe('Ready for the first job');
    expect(headline([sampleJob({ state: 'completed' })], [])).toBe('All is quiet');
  });
});

describe('the figures', () => {
  it('sum over active jobs only', () => {
    const fast = sampleJob({ framesPerMinute: 12, secondsLeft: 60 });
    const slow = sampleJob({ framesPerMinute: 3, secondsLeft: 600 });
    const paused = sampleJob({ state: 'paused', framesPerMinute: 99, secondsLeft: 9999 });
    expect(figures([fast, slow, paused], [])).toMatchObject({ framesPerMinute: 15, secondsLeft: 600 });
  });
  it('leave lost workers out of the slots', () => {
    const slot = {
      slot: 0,
      state: 'rendering',
      job: null,
      lease: null,
      frame: null,
      fraction: null,
      memory: null,
    } as const;
    const here = sampleWorker({ slots: 2, slotReports: [slot] });
    const gone = sampleWorker({ slots: 4, slotReports: [slot], state: 'lost' });
    expect(figures([], [here, gone])).toMatchObject({ busySlots: 1, slots: 2 });
  });
});
