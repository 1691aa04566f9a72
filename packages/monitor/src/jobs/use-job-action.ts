import type { Job } from '@akashganga/protocol';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { farmApi } from '../api/farm-api.ts';
import { putChanges } from '../api/queries.ts';
import { noChanges } from '../live/changes.ts';
import type { JobAction } from './job-words.ts';

const requests: Readonly<Record<Exclude<JobAction, 'delete'>, (id: string) => Promise<Job>>> = {
  pause: farmApi.pause,
  resume: farmApi.resume,
  cancel: farmApi.cancel,
  retry: (id) => farmApi.retry(id, null),
};

/** Asks the farm to do something with a job and shows its answer at once, as if an event had brought it. */
export function useJobAction(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (
      action: JobAction | { priority: number } | { frames: string },
    ): Promise<Job | null> => {
      if (action === 'delete') return farmApi.deleteJob(id).then(() => null);
      if (typeof action === 'string') return requests[action](id);
      if ('frames' in action) return farmApi.retry(id, action.frames);
      return farmApi.priority(id, action.priority);
    },
    onSuccess: (job) => {
      const changes = noChanges();
      changes.jobs.set(id, job);
      putChanges(client, changes);
    },
  });
}
