import type { FrameCounts, WorkerSettings } from '@akashganga/protocol';
import type { FarmState } from './farm-state.ts';
import { FarmIndex } from './order/farm-index.ts';
import { FrameTimes } from './order/frame-times.ts';

const PATIENCE_MS = 10 * 60_000;

/** A worker that people have said nothing about. */
export const UNSET: WorkerSettings = { tags: null, sleep: null, onlyWhenIdle: false, maxJobs: null };

/** What only lives in memory of a worker, at its start. */
export function freshWorker(now: number) {
  return {
    slotReports: [],
    since: now,
    seenAt: now,
    leases: new Set<string>(),
    had: new Map(),
    blames: new Map<string, number>(),
    inUse: false,
    isWoken: false,
    lastJob: null,
    pace: 1,
    paceFrames: 0,
    lastUpdate: 0,
  };
}

export function emptyFarm(leasePrefix: string): FarmState {
  return {
    jobs: new Map(),
    leases: new Map(),
    workers: new Map(),
    frameServers: new Map(),
    builds: new Map(),
    limits: new Map(),
    inUse: new Map(),
    open: [],
    asking: new Map(),
    gathering: new Map(),
    recalls: new Set(),
    seeking: new Set(),
    patienceMs: PATIENCE_MS,
    index: new FarmIndex(),
    leasePrefix,
    leaseCount: 0,
    tickedAt: null,
  };
}

/** What only lives in memory of a job, at its start. */
export function freshJob() {
  return {
    leases: new Set<string>(),
    left: new Set<string>(),
    holders: new Map<number, string>(),
    replacing: new Set<number>(),
    machineProblems: new Map<string, { count: number; at: number }>(),
    unbegun: new Set<string>(),
    recalls: new Set<string>(),
    begun: new Map<number, number>(),
    doubles: new Map<number, string>(),
    hasty: new Map<number, { worker: string; digest: string; usual: number }>(),
    ownPaces: new Map<string, { frames: number; pace: number }>(),
    rerendered: new Set<number>(),
    seeks: new Map<string, { asked: number; isSaid: boolean }>(),
    soughtUntil: null,
    grantedAt: 0,
    renderedBy: null,
    probeFailures: 0,
    isShared: false,
    times: new FrameTimes(),
    rateSince: null,
    doneTimes: [],
    doneSeconds: [],
  };
}

export function noFrames(): FrameCounts {
  return { total: 0, waiting: 0, leased: 0, rendering: 0, delivering: 0, done: 0, failed: 0, canceled: 0 };
}
