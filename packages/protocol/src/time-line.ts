import { z } from 'zod';
import { FrameNumber, Time, WorkerId } from './ids.ts';

/** Attempts that are told one by one at most; more of them are told in columns. */
export const TIME_LINE_PIECES = 3000;

const time = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

/** Which part of a job's time to look at, how finely, and which workers. */
export const TimeLineQuery = z.object({
  from: time.optional().meta({ description: 'Default: when the first attempt began' }),
  to: time.optional().meta({ description: 'Default: when the last attempt ended' }),
  columns: z.coerce.number().int().min(1).max(400).default(160),
  after: WorkerId.optional().meta({ description: 'Only workers that follow this one' }),
  workers: z.coerce.number().int().min(1).max(200).default(40),
});
export type TimeLineQuery = z.infer<typeof TimeLineQuery>;

const AttemptOutcome = z.enum(['done', 'failed', 'lost']);
export type AttemptOutcome = z.infer<typeof AttemptOutcome>;

/** One attempt: when it began to render, and when the farm heard of its end. */
export const TimePiece = z.object({
  frame: FrameNumber,
  began: Time,
  ended: Time,
  outcome: AttemptOutcome,
});
export type TimePiece = z.infer<typeof TimePiece>;

/** An even part of the time: how many attempts ended in it, and for how long slots were busy in it. */
export const TimeColumn = z.object({
  column: z.number().int().min(0),
  done: z.number().int(),
  failed: z.number().int(),
  lost: z.number().int(),
  busy: z.number().meta({ description: 'Seconds of slots' }),
});
export type TimeColumn = z.infer<typeof TimeColumn>;

const Spent = z.object({
  attempts: z.number().int(),
  seconds: z.number().meta({ description: 'Of slots, in the whole job' }),
});
export type Spent = z.infer<typeof Spent>;

/** Where the time of a job went. */
export const TimeLine = z
  .object({
    first: Time.nullable().meta({ description: 'When the first attempt began; null: nothing ended yet' }),
    last: Time.nullable(),
    from: Time,
    to: Time,
    spent: z.object({ done: Spent, failed: Spent, lost: Spent }),
    workers: z.array(
      z.object({
        worker: WorkerId.nullable(),
        pieces: z
          .array(TimePiece)
          .meta({ description: 'Empty when there are too many of them: see `columns`' }),
        columns: z.array(TimeColumn).meta({ description: 'Empty when there are pieces' }),
      }),
    ),
    inColumns: z.boolean(),
    workersInAll: z.number().int(),
    next: WorkerId.nullable().meta({ description: 'Ask again `after` this one; null when these are all' }),
  })
  .meta({ id: 'TimeLine' });
export type TimeLine = z.infer<typeof TimeLine>;

export const FrameTimesQuery = z.object({ columns: z.coerce.number().int().min(1).max(1000).default(240) });

/** What neighbouring frames took: seconds of one slot, bytes at most. Frames that are not done are not counted. */
export const FrameTimes = z
  .object({
    each: z.number().int().min(1).meta({ description: 'Frame numbers in one column' }),
    columns: z.array(
      z.object({
        first: FrameNumber,
        frames: z.number().int(),
        shortest: z.number(),
        mean: z.number(),
        longest: z.number(),
        memory: z.number().nullable(),
      }),
    ),
  })
  .meta({ id: 'FrameTimes' });
export type FrameTimes = z.infer<typeof FrameTimes>;
