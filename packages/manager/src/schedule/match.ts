import type { FarmState, JobEntry, WorkerEntry } from './farm-state.ts';
import { blenderFor } from './which-blender.ts';

/** Machine problems of one worker with one job before another worker is preferred. */
const AVOID_AFTER = 2;

/** Whether this worker may have frames of this job at all. */
export function suits(state: FarmState, worker: WorkerEntry, job: JobEntry): boolean {
  return hasTags(worker, job) && blenderFor(state, worker, job) !== null;
}

export function hasTags(worker: WorkerEntry, job: JobEntry): boolean {
  return job.tags.every((tag) => worker.hello.tags.includes(tag));
}

export function isAvoided(worker: WorkerEntry, job: JobEntry): boolean {
  return (job.machineProblems.get(worker.hello.id) ?? 0) >= AVOID_AFTER;
}

export function isAlive(worker: WorkerEntry): boolean {
  return worker.state !== 'lost';
}

/** Workers that take new leases now. */
export function takesWork(worker: WorkerEntry): boolean {
  return isAlive(worker) && !worker.draining && worker.state !== 'asleep' && worker.state !== 'sick';
}
