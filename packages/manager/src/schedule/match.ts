import type { FarmState, JobEntry, WorkerEntry } from './farm-state.ts';
import { byTurn } from './order/ready-jobs.ts';
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
  return allLacks(worker, job)[0] ?? null;
}

export function allLacks(worker: WorkerEntry, job: Pick<JobEntry, 'needs' | 'settings'>): string[] {
  const { memory, cores, gpu, platform } = job.needs;
  const { hello } = worker;
  const found: string[] = [];
  if (memory !== undefined && countedMemory(hello.memory) < memory)
    found.push(`${(memory / 2 ** 30).toFixed(1)} GB of memory`);
  if (cores !== undefined && hello.cores < cores) found.push(`${cores} cores`);
  // Never on the processor when a graphics card was asked for, and never on a card when none was: frames of one film
  // that were rendered here and there differ.
  const wantsCard = gpu !== undefined || job.settings.device === 'gpu';
  if (gpu !== undefined && !hello.gpus.includes(gpu)) found.push(`a GPU for ${gpu}`);
  else if (wantsCard && hello.gpus.length === 0) found.push('a graphics card');
  else if (!wantsCard && hello.gpus.length > 0)
    found.push('slots of the processor (all there are graphics cards: --device gpu)');
  if (platform !== undefined && hello.platform !== platform) found.push(`the platform ${platform}`);
  return found;
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
  const jobs = new Set<JobEntry>();
  for (const id of worker.leases) {
    const lease = state.leases.get(id);
    if (lease?.isAlone) return false;
    const other = state.jobs.get(lease?.job ?? '');
    if (other && maxJobs !== null && !lease?.isKept) jobs.add(other);
  }
  if (maxJobs === null || jobs.size < maxJobs) return true;
  if (jobs.size === maxJobs) return jobs.has(job);
  // The bound was lowered: it goes on with the first ones, and the others end there with what is under way.
  return [...jobs].sort(byTurn).slice(0, maxJobs).includes(job);
}

export function isAlive(worker: WorkerEntry): boolean {
  return worker.state !== 'lost';
}

/** Workers that take new leases now. */
export function takesWork(worker: WorkerEntry): boolean {
  return isAlive(worker) && !worker.draining && worker.state !== 'asleep' && worker.state !== 'sick';
}
