import { z } from 'zod';
import { FrameServer } from './frame-server.ts';
import { FrameNumber, JobId, Time, WorkerId } from './ids.ts';
import { Job } from './job.ts';
import { FrameState } from './states.ts';
import { Worker } from './worker.ts';

/**
 * What the farm announces to whoever watches (server-sent events; `topic` is the event's name).
 * An event carries the whole thing as it is now, so a reader replaces what it had. `reset` says that
 * events were missed which are no longer kept: read everything again. `all-frames` says it of one job's
 * frames, when too many changed at once to be told one by one.
 */
export const FarmEvent = z
  .discriminatedUnion('topic', [
    z.object({ topic: z.literal('job'), at: Time, job: Job }),
    z.object({ topic: z.literal('job-deleted'), at: Time, job: JobId }),
    z.object({
      topic: z.literal('frames'),
      at: Time,
      job: JobId,
      changes: z.array(z.object({ frame: FrameNumber, state: FrameState, worker: WorkerId.nullable() })),
    }),
    z.object({ topic: z.literal('all-frames'), at: Time, job: JobId }),
    z.object({ topic: z.literal('worker'), at: Time, worker: Worker }),
    z.object({ topic: z.literal('worker-removed'), at: Time, worker: WorkerId }),
    z.object({ topic: z.literal('frame-server'), at: Time, frameServer: FrameServer }),
    z.object({ topic: z.literal('reset'), at: Time }),
  ])
  .meta({ id: 'FarmEvent' });
export type FarmEvent = z.infer<typeof FarmEvent>;
