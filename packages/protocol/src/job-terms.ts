import { z } from 'zod';
import { DisplayName, JobId, Time } from './ids.ts';

/** What a worker must have to be given frames of a job. */
export const JobNeeds = z
  .object({
    memory: z.number().positive().max(1e15).optional().meta({ description: 'Bytes' }),
    cores: z.number().int().min(1).max(100_000).optional(),
    gpu: z
      .string()
      .regex(/^[a-z0-9-]{1,32}$/)
      .optional()
      .meta({ example: 'optix' }),
    platform: z
      .string()
      .regex(/^[a-z0-9-]{1,32}$/)
      .optional()
      .meta({ example: 'linux-x64' }),
  })
  .meta({ id: 'JobNeeds' });
export type JobNeeds = z.infer<typeof JobNeeds>;

/** The name of something the farm has only so many of, as a licence. */
export const ResourceName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9.-]{0,63}$/, 'lower-case letters, digits, dots, hyphens');

/** What can be said of a job when it is submitted, and changed while it runs. */
export const terms = {
  priority: z.number().int().min(0).max(100),
  tags: z.array(DisplayName).max(50),
  needs: JobNeeds,
  maxSlots: z
    .number()
    .int()
    .min(1)
    .max(1_000_000)
    .nullable()
    .meta({ description: 'Slots that may render it at once; null: any number' }),
  uses: z
    .array(ResourceName)
    .max(20)
    .meta({ description: 'Resources of which each slot that renders it takes one' }),
  afterJob: JobId.nullable().meta({ description: 'Starts when that job is completed' }),
  afterTime: Time.nullable().meta({ description: 'Starts then' }),
};

/** Whether the frames are given out first to last, or every 16th first, then every 8th, and so on. */
export const GiveOrder = z.enum(['forward', 'coarse']);
export type GiveOrder = z.infer<typeof GiveOrder>;

export const JobChange = z
  .object({
    priority: terms.priority.optional(),
    tags: terms.tags.optional(),
    needs: terms.needs.optional(),
    maxSlots: terms.maxSlots.optional(),
    uses: terms.uses.optional(),
    afterJob: terms.afterJob.optional(),
    afterTime: terms.afterTime.optional(),
  })
  .meta({ id: 'JobChange', description: 'What is absent stays as it is.' });
export type JobChange = z.infer<typeof JobChange>;
