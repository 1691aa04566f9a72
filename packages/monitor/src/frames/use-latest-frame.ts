import type { Job } from '@akashganga/protocol';
import { useQuery } from '@tanstack/react-query';
import { farmApi } from '../api/farm-api.ts';
import { useLatestTold } from '../api/queries.ts';

const LOOK_AT = 200;

/** The frame of a job that was done last. Before an event has told one, the last done of its first frames. */
export function useLatestFrame(job: Job): number | null {
  const told = useLatestTold(job.id);
  const asked = useQuery({
    queryKey: ['some-done-frame', job.id],
    queryFn: ({ signal }) => someDoneFrame(job.id, signal),
    enabled: told === null && job.frames.done > 0,
  });
  return told ?? asked.data ?? null;
}

async function someDoneFrame(job: string, signal: AbortSignal): Promise<number | null> {
  const { frames } = await farmApi.frames(job, null, LOOK_AT, signal);
  return frames.findLast((frame) => frame.state === 'done')?.frame ?? null;
}
