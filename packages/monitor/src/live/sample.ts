import type { Job, Worker } from '@akashganga/protocol';

// Things as the farm would send them, for tests.

export function sampleJob(over: Partial<Job> = {}): Job {
  return {
    id: 'job-0001',
    name: 'Galaxy',
    state: 'active',
    submitter: 'Mira',
    priority: 50,
    createdAt: 1000,
    startedAt: null,
    endedAt: null,
    scene: { manifest: `sha256:${'0'.repeat(64)}`, entry: 'galaxy.blend', blender: '3.4' },
    settings: {},
    ...{ tags: [], needs: {}, maxSlots: null, uses: [], afterJob: null, afterTime: null, order: 'forward' },
    frameSpec: '1-10',
    frames: {
      total: 10,
      waiting: 10,
      leased: 0,
      rendering: 0,
      delivering: 0,
      done: 0,
      failed: 0,
      canceled: 0,
    },
    chunk: null,
    slowMotion: false,
    film: {
      ...{ container: 'mp4', rate: null, state: 'none', digest: null, size: null, frames: null },
      ...{ settings: {}, marked: null, notes: [], psnr: null },
    },
    probe: null,
    problem: null,
    frameServer: null,
    frameSeconds: null,
    peakMemory: null,
    oddFrames: [],
    moved: null,
    framesPerMinute: null,
    secondsLeft: null,
    secondsLeftRange: null,
    blender: '3.4.1',
    waitsFor: null,
    ...over,
  };
}

export function sampleWorker(over: Partial<Worker> = {}): Worker {
  return {
    id: 'worker-a',
    name: 'anu',
    platform: 'linux-x64',
    cores: 8,
    memory: 16 * 2 ** 30,
    slots: 2,
    blenders: [],
    tags: [],
    gpus: [],
    timeZone: 'UTC',
    settings: { tags: null, sleep: null, onlyWhenIdle: false, maxJobs: null },
    pace: 1,
    version: '0.1.0',
    state: 'idle',
    slotReports: [],
    since: 1000,
    seenAt: 1000,
    framesDone: 0,
    problem: null,
    ...over,
  };
}
