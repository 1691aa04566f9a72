import { z } from 'zod';
import { FrameNumber, LeaseId, WorkerId } from './ids.ts';

/** A beat carries so many lines and characters of one frame at most, the last ones; what is before them is passed over. */
export const LIVE_LINES = 500;
export const LIVE_CHARACTERS = 16_000;
/** Longer lines are cut by the worker. */
const LONGEST_LINE = 4100;
/** Frames of one worker that are followed at a time. */
const MOST_FOLLOWED = 32;

const LineNumber = z.number().int().min(0);

/** A frame whose log somebody follows; `after`: so many lines of it are known. */
export const FollowedFrame = z.object({ lease: LeaseId, frame: FrameNumber, after: LineNumber });
export type FollowedFrame = z.infer<typeof FollowedFrame>;
export const FollowedFrames = z.array(FollowedFrame).max(MOST_FOLLOWED);

/** What Blender said of a frame under way; `from` lines of it came before these. */
export const LogPart = z.object({
  lease: LeaseId,
  frame: FrameNumber,
  from: LineNumber,
  lines: z.array(z.string().max(LONGEST_LINE)).max(LIVE_LINES),
});
export type LogPart = z.infer<typeof LogPart>;
export const LogParts = z.array(LogPart).max(MOST_FOLLOWED);

export const LiveLog = z
  .object({
    lease: LeaseId.nullable().meta({
      description: 'The attempt that is under way; null: nobody renders the frame',
    }),
    worker: WorkerId.nullable(),
    from: LineNumber.meta({
      description: 'The first of these lines; more than `after` where some were passed over',
    }),
    lines: z.array(z.string()),
  })
  .meta({ id: 'LiveLog' });
export type LiveLog = z.infer<typeof LiveLog>;

export const LiveLogQuery = z.object({
  lease: LeaseId.optional().meta({ description: 'The attempt that `after` is about' }),
  after: z.coerce.number().int().min(0).default(0).meta({ description: 'How many lines of it are known' }),
});
