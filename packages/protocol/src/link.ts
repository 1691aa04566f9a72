import { z } from 'zod';
import { FrameNumber, JobId, Time } from './ids.ts';

/** A link that shows one film or one frame to whoever has it, until it ends. */
export const NewLink = z
  .object({
    job: JobId,
    frame: FrameNumber.nullable().default(null).meta({ description: 'Absent or null: the film of the job' }),
    expiresSeconds: z
      .number()
      .int()
      .min(1)
      .max(30 * 86_400)
      .default(86_400),
  })
  .meta({ id: 'NewLink' });
export type NewLink = z.infer<typeof NewLink>;

export const Link = z
  .object({
    path: z.string().meta({ description: 'Below the address at which the farm is reached' }),
    url: z.string().meta({ description: 'With the likeliest of these addresses' }),
    expiresAt: Time,
  })
  .meta({ id: 'Link' });
export type Link = z.infer<typeof Link>;

/** What was signed, and its signature; what is no such text shows nothing, as one that somebody changed does. */
export const LinkText = z.string();
