import { z } from 'zod';
import { FrameNumber, JobId, LeaseId } from './ids.ts';
import { WorkerHello } from './worker.ts';

/** Frames of one lease that lie on a worker's disk as they were rendered, delivered or not. */
export const RenderedFrames = z
  .object({ job: JobId, lease: LeaseId, frames: z.array(FrameNumber).max(10_000) })
  .meta({ id: 'RenderedFrames' });
export type RenderedFrames = z.infer<typeof RenderedFrames>;

/** What a worker says before it asks for work: a process that has just started tells what the one before left. */
export const WorkerArrival = WorkerHello.extend({
  rendered: z.array(RenderedFrames).max(10_000).default([]).meta({
    description:
      'Frames it has on its disk, rendered. Those that nobody else has meanwhile stay with it, to be delivered',
  }),
}).meta({ id: 'WorkerArrival' });
export type WorkerArrival = z.infer<typeof WorkerArrival>;
