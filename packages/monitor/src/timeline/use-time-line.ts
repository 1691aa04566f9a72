import type { Job, TimeLine } from '@akashganga/protocol';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useRef } from 'react';
import { farmApi } from '../api/farm-api.ts';
import { useCalmly } from '../frames/use-calmly.ts';
import { useLive } from '../live/live-context.tsx';
import type { TimeWindow } from './time-window.ts';

export const LINE_COLUMNS = 160;
const FEWEST_MS = 3000;
/** The farm looks through all frames of a job for an answer: it is given this many times as long to rest. */
const RESTS = 20;
const SETTLE_MS = 150;

/** The time line of a job in a window (null: all of it), read again as attempts end, but not more often than is cheap. */
export function useTimeLine(job: Job, window: TimeWindow | null, after: string | null) {
  const took = useRef(0);
  const { epoch } = useLive();
  const { done, failed } = job.frames;
  const ended = useCalmly(done + failed, Math.max(FEWEST_MS, RESTS * took.current));
  const asked = useCalmly(window, SETTLE_MS);
  return useQuery({
    queryKey: ['time-line', job.id, asked?.from ?? null, asked?.to ?? null, after, ended, job.state, epoch],
    queryFn: async ({ signal }): Promise<TimeLine> => {
      const begun = performance.now();
      const line = await farmApi.timeLine(job.id, { window: asked, after, columns: LINE_COLUMNS }, signal);
      took.current = performance.now() - begun;
      return line;
    },
    placeholderData: keepPreviousData,
    gcTime: 60_000,
  });
}
