import type { NewWebhook, Webhook } from '@akashganga/protocol';
import type { Asker } from '../access/asker.ts';
import type { Queryable } from './load-farm.ts';
import { writeChange } from './write-facts.ts';

export interface WebhookRow extends Omit<Webhook, 'address' | 'waiting'> {
  readonly url: string;
}

// Without the secret, which only what signs needs.
const shown = `id, name, url, events, shape, created_at as "createdAt", created_by as "createdBy"`;
const waiting = `(select count(*)::integer from posting where webhook = webhook.id and state <> 'sent' and state <> 'failed')`;

/** The newest first. */
export async function readWebhooks(reads: Queryable): Promise<(WebhookRow & { waiting: number })[]> {
  const { rows } = await reads.query<WebhookRow & { waiting: number }>(
    `select ${shown}, ${waiting} as waiting from webhook order by created_at desc, id`,
  );
  return rows.map((row) => ({ ...row, createdAt: Number(row.createdAt) }));
}

/** Adds one, with its line in the history. For a transaction. */
export async function addWebhook(
  client: Queryable,
  given: NewWebhook & Asker & { id: string; secret: string; at: number },
): Promise<void> {
  const { id, name, url, secret, events, shape, at, by, from } = given;
  await client.query(
    `insert into webhook (id, name, url, secret, events, shape, created_at, created_by)
     values ($1, $2, $3, $4, $5::jsonb, $6, $7, $8)`,
    [id, name, url, secret, JSON.stringify(events), shape, at, by],
  );
  await addChange(client, { at, by, from, what: 'add-webhook', name });
}

/** Removes one with all its postings; false when there is none. For a transaction. */
export async function removeWebhook(
  client: Queryable,
  { id, at, by, from }: Asker & { id: string; at: number },
): Promise<boolean> {
  const { rows } = await client.query<{ name: string }>('delete from webhook where id = $1 returning name', [
    id,
  ]);
  if (!rows[0]) return false;
  await addChange(client, { at, by, from, what: 'remove-webhook', name: rows[0].name });
  return true;
}

function addChange(
  client: Queryable,
  { name, ...change }: Asker & { at: number; what: string; name: string },
): Promise<void> {
  return writeChange(client, { ...change, job: null, worker: null, detail: { name } });
}
