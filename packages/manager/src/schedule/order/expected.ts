import type { JobEntry, WorkerEntry } from '../farm-state.ts';

/** How fast what is learned of a worker and of a job follows what is seen. */
const WORKER_WEIGHT = 0.1;
const JOB_WEIGHT = 0.2;
const SLOWEST = 100;

/** Seconds that a frame of this job is expected to take on a slot of this worker; null while nobody knows. */
export function expectedSeconds(
  job: Pick<JobEntry, 'frameSeconds'>,
  worker: Pick<WorkerEntry, 'pace'> | undefined,
): number | null {
  return job.frameSeconds === null ? null : job.frameSeconds * (worker?.pace ?? 1);
}

/**
 * Learns from a frame that took `seconds` on this worker: what the job's frames take on an ordinary worker, and
 * how slow this one is (2: twice as long as an ordinary one). A worker is compared with others only by jobs that
 * others render too, since nothing else says whether the worker is slow or the frames are heavy.
 */
export function learnPace(job: JobEntry, worker: WorkerEntry | undefined, seconds: number): void {
  const id = worker?.hello.id ?? null;
  job.renderedBy ??= id;
  const isShared = job.renderedBy !== id || job.isShared;
  job.isShared = isShared;
  const pace = worker?.pace ?? 1;
  if (job.frameSeconds === null) {
    job.frameSeconds = seconds / pace;
    return;
  }
  const ratio = Math.max(0.001, seconds) / Math.max(0.001, job.frameSeconds);
  if (worker && isShared) {
    const learned = Math.exp(Math.log(pace) * (1 - WORKER_WEIGHT) + Math.log(ratio) * WORKER_WEIGHT);
    worker.paceFrames += 1;
    worker.pace = Math.min(SLOWEST, Math.max(1 / SLOWEST, learned));
  }
  job.frameSeconds = job.frameSeconds * (1 - JOB_WEIGHT) + (seconds / (worker?.pace ?? 1)) * JOB_WEIGHT;
}
