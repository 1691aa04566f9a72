import { z } from 'zod';
import { DisplayName, JobId, Time, WorkerId } from './ids.ts';

/** What people outside the farm can be told of. */
export const NoticeEvent = z.enum(['job.done', 'job.failed', 'worker.sick']);
export type NoticeEvent = z.infer<typeof NoticeEvent>;

/** Something that happened, as it was at that moment. */
export const Notice = z
  .object({
    event: z.enum([...NoticeEvent.options, 'test']),
    at: Time,
    job: z
      .object({
        id: JobId,
        name: z.string(),
        submitter: z.string(),
        frames: z.object({ total: z.number().int(), done: z.number().int(), failed: z.number().int() }),
      })
      .nullable(),
    worker: z.object({ id: WorkerId, name: z.string() }).nullable(),
    problem: z.object({ code: z.string(), says: z.string() }).nullable(),
  })
  .meta({ id: 'Notice' });
export type Notice = z.infer<typeof Notice>;

export const NoticeShape = z.enum(['all', 'text', 'content']).meta({
  description:
    '`all`: everything, with a sentence in `text`, as Slack and Mattermost take it; `text`: that sentence alone, for Google Chat; `content`: the sentence as Discord takes it',
});
export type NoticeShape = z.infer<typeof NoticeShape>;

export const NewWebhook = z
  .object({
    name: DisplayName,
    url: z.string().min(1).max(2000).meta({ description: 'https://…; it may hold a secret of its own' }),
    events: z.array(NoticeEvent).min(1).max(10).default(NoticeEvent.options),
    shape: NoticeShape.default('all'),
  })
  .meta({ id: 'NewWebhook' });
export type NewWebhook = z.infer<typeof NewWebhook>;

export const Webhook = z
  .object({
    id: z.string(),
    name: z.string(),
    address: z.string().meta({ description: 'Scheme, host and port; the rest of the URL may be a secret' }),
    events: z.array(NoticeEvent),
    shape: NoticeShape,
    createdAt: Time,
    createdBy: z.string(),
    waiting: z.number().int().meta({ description: 'Notices that are still to be sent there' }),
  })
  .meta({ id: 'Webhook' });
/** An address that notices are sent to, as it is listed. */
export type Webhook = z.infer<typeof Webhook>;

export const Posting = z
  .object({
    id: z.string().meta({ description: 'The same each time it is sent; the header `webhook-id`' }),
    event: Notice.shape.event,
    text: z.string(),
    at: Time,
    state: z.enum(['waiting', 'sent', 'failed']),
    attempts: z.number().int(),
    status: z.number().int().nullable().meta({ description: 'The HTTP status it was answered with last' }),
    why: z.string().nullable().meta({ description: 'Why it was not taken the last time' }),
    nextAt: Time.nullable(),
  })
  .meta({ id: 'Posting' });
/** One notice on its way to one webhook. */
export type Posting = z.infer<typeof Posting>;
