import type { FarmState, JobEntry, WorkerEntry } from './farm-state.ts';
import { blenderFor } from './which-blender.ts';

/** Machine problems of one worker with one job before another worker is preferred. */
export const AVOID_AFTER = 2;

/** Whether this worker may have frames of this job at all. */
export function suits(state: FarmState, worker: WorkerEntry, job: JobEntry): boolean {
  return hasTags(worker, job) && lacks(worker, job) === null && blenderFor(state, worker, job) !== null;
}

/** What people set comes before what the worker says itself. */
export function tagsOf(worker: Pick<WorkerEntry, 'hello' | 'settings'>): readonly string[] {
  return worker.settings.tags ?? worker.hello.tags;
}

export function hasTags(worker: WorkerEntry, job: JobEntry): boolean {
  return job.tags.every((tag) => tagsOf(worker).includes(tag));
}

/** What of a job's needs this worker lacks, in words; null when it lacks nothing. */
export function lacks(worker: WorkerEntry, job: Pick<JobEntry, 'needs' | 'settings'>): string | null {
  const { memory, cores, gpu, platform } = job.needs;
  const { hello } = worker;
  if (memory !== undefined && countedMemory(hello.memory) < memory)
    return `${(memory / 2 ** 30).toFixed(1)} GB of memory`;
  if (cores !== undefined && hello.cores < cores) return `${cores} cores`;
  if (gpu !== undefined && !hello.gpus.includes(gpu)) return `a GPU for ${gpu}`;
  // Never on the processor when a graphics card was asked for, and never on a card when none was: frames of one film
  // that were rendered here and there differ.
  const wantsCard = gpu !== undefined || job.settings.device === 'gpu';
  if (wantsCard && hello.gpus.length === 0) return 'a graphics card';
  if (!wantsCard && hello.gpus.length > 0)
    return 'slots of the processor (all there are graphics cards: --device gpu)';
  if (platform !== undefined && hello.platform !== platform) return `the platform ${platform}`;
  return null;
}

/** Computers sold with 8 GB tell of a little less; and so few kinds of workers are told apart. */
export function countedMemory(bytes: number): number {
  return Math.ceil((bytes * 1.03) / 2 ** 28) * 2 ** 28;
}

export function isAvoided(worker: WorkerEntry, job: JobEntry): boolean {
  if (job.tooSmall > 0 && worker.hello.memory <= job.tooSmall) return true;
  return (job.machineProblems.get(worker.hello.id)?.count ?? 0) >= AVOID_AFTER;
}

/** Whether its frames need this worker for themselves: with others beside them the memory did not last. */
export function isAloneOn(worker: WorkerEntry, job: JobEntry): boolean {
  return worker.hello.memory <= job.aloneUpTo;
}

/** Whether this worker may be given frames of this job now, beside what it has. */
export function mayTake(state: FarmState, worker: WorkerEntry, job: JobEntry): boolean {
  if (isAvoided(worker, job)) return false;
  if (worker.leases.size === 0) return true;
  if (isAloneOn(worker, job)) return false;
  const { maxJobs } = worker.settings;
  const jobs = new Set<string>();
  for (const id of worker.leases) {
    const lease = state.leases.get(id);
    if (lease?.isAlone) return false;
    if (lease && maxJobs !== null) jobs.add(lease.job);
  }
  return maxJobs === null || jobs.has(job.id) || jobs.size < maxJobs;
}

export function isAlive(worker: WorkerEntry): boolean {
  return worker.state !== 'lost';
}

/** Workers that take new leases now. */
export function takesWork(worker: WorkerEntry): boolean {
  return isAlive(worker) && !worker.draining && worker.state !== 'asleep' && worker.state !== 'sick';
}
