import { randomBytes } from 'node:crypto';
import { isIP } from 'node:net';
import { FarmError, type Webhook, webhookRoutes } from '@akashganga/protocol';
import { drawId } from '../access/secrets.ts';
import { showPosting } from '../notify/show-posting.ts';
import { readPostings } from '../record/posting-rows.ts';
import { addWebhook, readWebhooks, removeWebhook, type WebhookRow } from '../record/webhook-rows.ts';
import type { Rooms } from './app.ts';
import { type App, serve } from './serve.ts';
import { theFarm } from './the-farm.ts';
import { whoAsks } from './who-asks.ts';

/** Each costs a row for each notice. */
const MOST = 100;

/** Where people outside are told what happens. */
export function serveWebhooks(app: App, rooms: Rooms): void {
  const { database, mayReach } = rooms;
  serve(app, webhookRoutes.add, async ({ body, context }) => {
    theFarm(rooms);
    const url = checkedUrl(body.url, mayReach);
    if ((await readWebhooks(database.reads)).length >= MOST)
      throw new FarmError('request.invalid', { why: `a farm has ${MOST} webhooks at most` });
    const secret = `whsec_${randomBytes(32).toString('base64')}`;
    const order = { ...body, url, id: drawId('wh'), secret, at: Date.now(), ...whoAsks(context, rooms) };
    await database.transaction((client) => addWebhook(client, order));
    const { id, name, events, shape, at: createdAt, by: createdBy } = order;
    return { ...show({ id, name, events, shape, url, createdAt, createdBy, waiting: 0 }), secret };
  });
  serve(app, webhookRoutes.list, async () => ({
    webhooks: (await readWebhooks(database.reads)).map(show),
  }));
  serve(app, webhookRoutes.remove, async ({ params, context }) => {
    theFarm(rooms);
    const found = await find(rooms, params.id);
    const order = { id: params.id, at: Date.now(), ...whoAsks(context, rooms) };
    if (!(await database.transaction((client) => removeWebhook(client, order)))) throw unknown(params.id);
    return found;
  });
  serve(app, webhookRoutes.test, async ({ params }) => {
    const { id } = theFarm(rooms);
    const notifier = rooms.notifier();
    if (!notifier) throw new FarmError('farm.standing-by');
    return showPosting(id, await notifier.test(params.id));
  });
  serve(app, webhookRoutes.postings, async ({ params }) => {
    const { id } = theFarm(rooms);
    await find(rooms, params.id);
    const postings = await readPostings(database.reads, params.id);
    return { postings: postings.map((row) => showPosting(id, row)) };
  });
}

async function find(rooms: Rooms, id: string): Promise<Webhook> {
  const found = (await readWebhooks(rooms.database.reads)).find((one) => one.id === id);
  if (!found) throw unknown(id);
  return show(found);
}

function unknown(id: string): FarmError {
  return new FarmError('access.unknown', { what: 'webhook', id });
}

function show({ url, ...row }: WebhookRow & { waiting: number }): Webhook {
  return { ...row, address: new URL(url).origin };
}

/**
 * Says at once what would be refused at each attempt, as far as it can be seen without looking a name up. What the
 * name leads to is judged each time, when the connection is made.
 */
function checkedUrl(text: string, mayReach: Rooms['mayReach']): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:'))
    throw new FarmError('webhook.bad-address', { host: 'this', why: 'it is no https:// address' });
  const refuse = (why: string) => new FarmError('webhook.bad-address', { host: url.host, why });
  if (url.username !== '' || url.password !== '')
    throw refuse('a name and a password in the address are not sent');
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const isPlain = url.protocol === 'http:';
  if (isIP(host) !== 0 && !mayReach(host, isPlain))
    throw refuse(
      'its address is not one that notices may go to; the farm’s owner can allow it with --webhooks-to',
    );
  return url.href;
}
