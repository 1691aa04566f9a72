import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useLive } from '../live/live-context.tsx';

/** A list that only admins see. No events tell of it, so it is read again now and then and after each change. */
export function useList<Item>(name: string, read: (signal?: AbortSignal) => Promise<Item[]>) {
  const { epoch } = useLive();
  return useQuery({
    queryKey: ['access', name, epoch],
    queryFn: ({ signal }) => read(signal),
    placeholderData: (before) => before,
    refetchInterval: 15_000,
  });
}

/** Does something to the farm, and reads the lists again. */
export function useChange<Given, Reply>(work: (given: Given) => Promise<Reply>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: work,
    gcTime: 0,
    onSettled: () => client.invalidateQueries({ queryKey: ['access'] }),
  });
}
