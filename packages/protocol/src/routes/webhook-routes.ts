import { z } from 'zod';
import { AccessId } from '../access.ts';
import { jsonRoute } from '../route.ts';
import { NewWebhook, Posting, Webhook } from '../webhook.ts';

const tag = 'webhooks';
const params = z.object({ id: AccessId.meta({ param: { in: 'path', required: true } }) });

export const webhookRoutes = {
  add: jsonRoute({
    method: 'post',
    path: '/webhooks',
    summary: 'Send notices to an address; the secret that signs them is given this once',
    tag,
    body: NewWebhook,
    reply: Webhook.extend({ secret: z.string() }),
  }),
  list: jsonRoute({
    method: 'get',
    path: '/webhooks',
    summary: 'Where notices are sent, the newest first',
    tag,
    reply: z.object({ webhooks: z.array(Webhook) }),
  }),
  remove: jsonRoute({
    method: 'delete',
    path: '/webhooks/{id}',
    summary: 'Send nothing there any more; what waits is forgotten',
    tag,
    params,
    reply: Webhook,
  }),
  test: jsonRoute({
    method: 'post',
    path: '/webhooks/{id}/test',
    summary: 'Send a notice there now, once, and say what became of it',
    tag,
    params,
    reply: Posting,
  }),
  postings: jsonRoute({
    method: 'get',
    path: '/webhooks/{id}/postings',
    summary: 'The notices of a webhook: those that wait, and the latest that were sent or given up',
    tag,
    params,
    reply: z.object({ postings: z.array(Posting) }),
  }),
};
