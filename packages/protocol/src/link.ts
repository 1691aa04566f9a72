import { z } from '@hono/zod-openapi';
import { FrameNumber, JobId, Time } from './ids.ts';

/** A link that shows one film or one frame to whoever has it, until it ends. */
export const NewLink = z
  .object({
    job: JobId,
    frame: FrameNumber.nullable()
      .default(null)
      .openapi({ description: 'Absent or null: the film of the job' }),
    expiresSeconds: z
      .number()
      .int()
      .min(1)
      .max(30 * 86_400)
      .default(86_400),
  })
  .openapi('NewLink');
export type NewLink = z.infer<typeof NewLink>;

export const Link = z
  .object({
    path: z.string().openapi({ description: 'Below the address at which the farm is reached' }),
    url: z.string().openapi({ description: 'With the likeliest of these addresses' }),
    expiresAt: Time,
  })
  .openapi('Link');
export type Link = z.infer<typeof Link>;

/** What was signed, and its signature; what is no such text shows nothing, as one that somebody changed does. */
export const LinkText = z.string();
