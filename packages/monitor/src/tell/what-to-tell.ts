import type { Job, Worker } from '@akashganga/protocol';

export interface Told {
  readonly title: string;
  readonly body: string;
  readonly tag: string;
  readonly href: string;
}

/**
 * The state a job had when it was last looked at. One that is newer than the `newest` when the page opened was waiting:
 * it may come and end between two looks. Undefined: nobody knows.
 */
export function stateBefore(
  job: Job,
  states: ReadonlyMap<string, Job['state']>,
  newest: number | null,
): Job['state'] | undefined {
  return states.get(job.id) ?? (newest !== null && job.createdAt > newest ? 'queued' : undefined);
}

/** What a person would like to hear of between one picture of a job and the next; null for most changes. */
export function tellOfJob(before: Job['state'] | undefined, job: Job): Told | null {
  if (before === undefined || before === job.state) return null;
  const about = { tag: `job-${job.id}`, href: `#/jobs/${encodeURIComponent(job.id)}` };
  const { done, total } = job.frames;
  if (job.state === 'completed')
    return { ...about, title: `Done: ${job.name}`, body: `${done} of ${total} frames` };
  if (job.state === 'failed')
    return { ...about, title: `Failed: ${job.name}`, body: job.problem?.says ?? '' };
  return null;
}

export function tellOfWorker(before: Worker['state'] | undefined, worker: Worker): Told | null {
  if (before === undefined || before === 'sick' || worker.state !== 'sick') return null;
  return {
    title: `Sick: ${worker.name}`,
    body: worker.problem?.says ?? '',
    tag: `worker-${worker.id}`,
    href: `#/workers/${encodeURIComponent(worker.id)}`,
  };
}
