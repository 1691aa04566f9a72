import type { Job } from '@akashganga/protocol';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { farmApi } from '../api/farm-api.ts';
import { putChanges } from '../api/queries.ts';
import { noChanges } from '../live/changes.ts';
import { type JobAction, jobActions } from './job-words.ts';

export type ManyAction = Exclude<JobAction, 'delete'> | { readonly priority: number };

export interface ManyDone {
  /** How many jobs it was done to, and what brings each back as it was. */
  readonly count: number;
  readonly undo: readonly (() => Promise<Job>)[];
  readonly refused: string | null;
}

/** Does one thing to several jobs, to those it can be done to, and says what was refused. */
export function useManyJobs() {
  const client = useQueryClient();
  const put = (job: Job) => {
    const changes = noChanges();
    changes.jobs.set(job.id, job);
    putChanges(client, changes);
  };
  const act = useMutation({
    mutationFn: async ({ jobs, action }: { jobs: readonly Job[]; action: ManyAction }): Promise<ManyDone> => {
      const fit = jobs.filter((job) => typeof action === 'object' || jobActions(job).includes(action));
      const answers = await Promise.allSettled(fit.map(async (job) => put(await request(job.id, action))));
      const done = fit.filter((_, at) => answers[at]?.status === 'fulfilled');
      const first = answers.find((answer) => answer.status === 'rejected');
      return {
        count: done.length,
        undo: done.flatMap((job) => undoOf(job, action) ?? []),
        refused: first ? String((first.reason as Error).message) : null,
      };
    },
  });
  const undo = useMutation({
    mutationFn: async (steps: ManyDone['undo']) => {
      for (const step of steps) put(await step());
    },
  });
  return { act, undo };
}

function request(id: string, action: ManyAction): Promise<Job> {
  if (typeof action === 'object') return farmApi.priority(id, action.priority);
  if (action === 'retry') return farmApi.retry(id, null);
  return farmApi[action](id);
}

// Cancel and retry cannot be taken back: what was rendered or thrown away is so.
function undoOf(job: Job, action: ManyAction): (() => Promise<Job>) | null {
  if (typeof action === 'object') return () => farmApi.priority(job.id, job.priority);
  if (action === 'pause') return () => farmApi.resume(job.id);
  if (action === 'resume') return () => farmApi.pause(job.id);
  return null;
}
