import type { Worker } from '@akashganga/protocol';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { farmApi } from '../api/farm-api.ts';
import { putChanges } from '../api/queries.ts';
import { noChanges } from '../live/changes.ts';
import type { WorkerAction } from './worker-words.ts';

export function useWorkerAction(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (action: WorkerAction): Promise<Worker | null> => {
      if (action === 'remove') return farmApi.removeWorker(id).then(() => null);
      return farmApi[action](id);
    },
    onSuccess: (worker) => {
      const changes = noChanges();
      changes.workers.set(id, worker);
      putChanges(client, changes);
    },
  });
}
