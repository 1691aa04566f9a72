import type { Job, Worker } from '@akashganga/protocol';
import { useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import { useJobs, useWorkers } from '../api/queries.ts';
import { useChanges } from '../live/live-context.tsx';
import { isTold, show } from './browser-notices.ts';
import { stateBefore, type Told, tellOfJob, tellOfWorker } from './what-to-tell.ts';

/**
 * Says in this browser what happens, if somebody wanted that. Of what was so when the page opened nothing is said.
 * Draws nothing: it hears of each change, and nothing else shall be drawn anew for that.
 */
export function Teller(): null {
  const jobs = useJobs(useQueryClient()).data?.jobs;
  const workers = useWorkers().data;
  const states = useRef({
    jobs: new Map<string, Job['state']>(),
    workers: new Map<string, Worker['state']>(),
    /** When the newest job was made that was there when the page opened. */
    newest: null as number | null,
  });
  const known = states.current;
  if (jobs) known.newest ??= Math.max(0, ...jobs.map(({ createdAt }) => createdAt));
  for (const job of jobs ?? [])
    if (stateBefore(job, known.jobs, known.newest) === undefined) known.jobs.set(job.id, job.state);
  for (const worker of workers ?? [])
    if (!known.workers.has(worker.id)) known.workers.set(worker.id, worker.state);
  useChanges((changes) => {
    for (const [id, job] of changes.jobs) {
      if (job) say(tellOfJob(stateBefore(job, known.jobs, known.newest), job));
      if (job) known.jobs.set(id, job.state);
      else known.jobs.delete(id);
    }
    for (const [id, worker] of changes.workers) {
      if (worker) say(tellOfWorker(known.workers.get(id), worker));
      if (worker) known.workers.set(id, worker.state);
      else known.workers.delete(id);
    }
  });
  return null;
}

function say(told: Told | null): void {
  if (told && isTold()) show(told.title, told.body, told.tag, told.href);
}
