import type { FarmEvent } from '@akashganga/protocol';
import { describe, expect, it } from 'vitest';
import { applyFrameServers, applyJobs, applyLatest, applyWorkers } from './apply.ts';
import { gather, isEmpty, noChanges } from './changes.ts';
import { sampleJob, sampleWorker } from './sample.ts';

function gathered(...events: FarmEvent[]) {
  const changes = noChanges();
  for (const event of events) gather(changes, event);
  return changes;
}

const frames = (job: string, ...changes: [number, 'done' | 'rendering' | 'failed'][]): FarmEvent => ({
  topic: 'frames',
  at: 1,
  job,
  changes: changes.map(([frame, state]) => ({ frame, state, worker: null })),
});

describe('gathering', () => {
  it('keeps only the last word on each thing', () => {
    const changes = gathered(
      { topic: 'job', at: 1, job: sampleJob({ name: 'first' }) },
      { topic: 'job', at: 2, job: sampleJob({ name: 'second' }) },
    );
    expect([...changes.jobs.values()].map((job) => job?.name)).toEqual(['second']);
  });

  it('forgets the frames of a deleted job', () => {
    const changes = gathered(frames('job-0001', [1, 'done']), {
      topic: 'job-deleted',
      at: 2,
      job: 'job-0001',
    });
    expect(changes.frames.size).toBe(0);
    expect(changes.jobs.get('job-0001')).toBeNull();
  });

  it('forgets frames that are to be read again, and keeps what comes after', () => {
    const again: FarmEvent = { topic: 'all-frames', at: 2, job: 'job-1' };
    const changes = gathered(frames('job-1', [1, 'done']), again, frames('job-1', [2, 'done']));
    expect([...changes.allFrames]).toEqual(['job-1']);
    expect([...(changes.frames.get('job-1')?.keys() ?? [])]).toEqual([2]);
    expect(isEmpty(gathered(again))).toBe(false);
  });

  it('holds nothing for a reset', () => {
    expect(isEmpty(gathered({ topic: 'reset', at: 1 }))).toBe(true);
  });
});

describe('jobs', () => {
  const a = sampleJob({ id: 'job-a', createdAt: 3 });
  const b = sampleJob({ id: 'job-b', createdAt: 2 });

  it('are replaced in place and the others keep their identity', () => {
    const next = applyJobs({ jobs: [a, b], more: false }, new Map([['job-b', { ...b, name: 'new' }]]));
    expect(next.jobs[0]).toBe(a);
    expect(next.jobs[1]?.name).toBe('new');
  });

  it('that are new stand where their age puts them', () => {
    const c = sampleJob({ id: 'job-c', createdAt: 9 });
    expect(
      applyJobs({ jobs: [a, b], more: false }, new Map([['job-c', c]])).jobs.map((job) => job.id),
    ).toEqual(['job-c', 'job-a', 'job-b']);
  });

  it('that are deleted go', () => {
    expect(applyJobs({ jobs: [a, b], more: false }, new Map([['job-a', null]])).jobs).toEqual([b]);
  });

  it('older than the part of the list that was loaded stay out of it', () => {
    const old = sampleJob({ id: 'job-old', createdAt: 1 });
    expect(applyJobs({ jobs: [a, b], more: true }, new Map([['job-old', old]])).jobs).toEqual([a, b]);
    expect(applyJobs({ jobs: [a, b], more: false }, new Map([['job-old', old]])).jobs).toHaveLength(3);
  });

  it('stay the same list when nothing changed', () => {
    const page = { jobs: [a], more: false };
    expect(applyJobs(page, new Map())).toBe(page);
  });
});

it('workers come, change and go, by name', () => {
  const b = sampleWorker({ id: 'worker-b', name: 'bela' });
  const a = sampleWorker({ id: 'worker-a', name: 'anu' });
  const both = applyWorkers([b], new Map([['worker-a', a]]));
  expect(both.map((worker) => worker.name)).toEqual(['anu', 'bela']);
  expect(applyWorkers(both, new Map([['worker-b', null]]))).toEqual([a]);
});

it('a frame server is added to the farm', () => {
  const farm = { id: 'f', name: 'f', version: '1', jobs: {}, workers: {}, slots: 0, frameServers: [] };
  const server = {
    id: 'fs-1',
    name: 'frames',
    url: null,
    port: 1,
    containers: [],
    freeBytes: null,
    version: '1',
    host: 'h',
    seenAt: 1,
    reachable: true,
  };
  expect(applyFrameServers(farm, new Map([['fs-1', server]])).frameServers).toEqual([server]);
});

describe('the latest frame', () => {
  it('is the one done last, not the highest', () => {
    const changes = gathered(frames('j', [7, 'done'], [3, 'done'], [9, 'rendering']));
    expect(applyLatest({}, changes.frames)).toEqual({ j: 3 });
  });

  it('follows a frame that is done again', () => {
    const changes = gathered(frames('j', [3, 'rendering'], [7, 'done']), frames('j', [3, 'done']));
    expect(applyLatest({ j: 1 }, changes.frames)).toEqual({ j: 3 });
  });

  it('keeps its identity when no frame was done', () => {
    const latest = { j: 1 };
    expect(applyLatest(latest, gathered(frames('j', [2, 'failed'])).frames)).toBe(latest);
  });
});
