import type { Job, Worker } from '@akashganga/protocol';

export interface Told {
  readonly title: string;
  readonly body: string;
  readonly tag: string;
  readonly href: string;
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
