import { z } from 'zod';
import { JobId, Time, WorkerId } from './ids.ts';
import { ResourceName } from './job-terms.ts';

/** Something a person, or a program for one, did to the farm. */
export const Change = z
  .object({
    at: Time,
    by: z.string().meta({ description: 'Who said so, as the caller names itself; unknown: its address' }),
    from: z
      .string()
      .nullable()
      .meta({ description: 'The address it came from, for admins; null where it was not written down' }),
    what: z.string().meta({ example: 'set-priority' }),
    job: JobId.nullable(),
    worker: WorkerId.nullable(),
    detail: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'Change' });
export type Change = z.infer<typeof Change>;

/** The frames one worker rendered for one job. Seconds are of a slot; bytes at most. */
export const Statistic = z
  .object({
    job: JobId,
    worker: WorkerId.nullable(),
    done: z.number().int(),
    seconds: z.number().meta({ description: 'Of all of them together' }),
    shortest: z.number().nullable(),
    mean: z.number().nullable(),
    longest: z.number().nullable(),
    memory: z.number().nullable(),
    failedAttempts: z.number().int(),
  })
  .meta({ id: 'Statistic' });
export type Statistic = z.infer<typeof Statistic>;

/** How many of a resource the farm has, and how many slots use one now. */
export const Limit = z
  .object({ name: ResourceName, most: z.number().int().min(0).max(1_000_000), inUse: z.number().int() })
  .meta({ id: 'Limit' });
export type Limit = z.infer<typeof Limit>;
