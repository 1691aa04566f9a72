import type { Notice, NoticeShape } from '@akashganga/protocol';
import type { Queryable } from './load-farm.ts';

/** A posting that is to be sent now, and all that is needed for it. */
export interface DuePosting {
  readonly id: number;
  readonly webhook: string;
  readonly notice: Notice;
  readonly url: string;
  readonly secret: string;
  readonly shape: NoticeShape;
  /** Attempts at this webhook that failed since the last one that did not. */
  readonly failures: number;
}

export interface PostingRow {
  readonly id: number;
  readonly notice: Notice;
  readonly at: number;
  readonly state: 'waiting' | 'sent' | 'failed';
  readonly attempts: number;
  readonly dueAt: number;
  readonly status: number | null;
  readonly why: string | null;
}

/** What became of an attempt; `retryAt` is null where there is none to follow. */
export interface PostingEnd {
  readonly state: 'sent' | 'failed';
  readonly status: number | null;
  readonly why: string | null;
  readonly retryAt: number | null;
  readonly at: number;
}

/** So many that have ended are kept of each webhook. */
const KEPT = 50;
const SHOWN = 100;

// A test is sent by whoever asked for it, and not by the queue; people see it as one that waits.
const columns = `id, notice, at, case when state = 'testing' then 'waiting' else state end as state, attempts,
  due_at as "dueAt", status, why`;
const dueColumns = `posting.id, webhook, notice, url, secret, shape, failures`;

/** One due posting of each webhook, the one tried least and waiting longest. */
export async function readDue(reads: Queryable, now: number, most: number): Promise<DuePosting[]> {
  const { rows } = await reads.query<DuePosting>(
    `select distinct on (webhook) ${dueColumns} from posting join webhook on webhook.id = posting.webhook
     where state = 'waiting' and due_at <= $1 order by webhook, attempts, posting.id limit $2`,
    [now, most],
  );
  return rows.map((row) => ({ ...row, id: Number(row.id) }));
}

/** When the next one is due; null when none waits. */
export async function readNextDue(reads: Queryable): Promise<number | null> {
  const { rows } = await reads.query<{ next: string | null }>(
    `select min(due_at) as next from posting where state = 'waiting'`,
  );
  return rows[0]?.next == null ? null : Number(rows[0].next);
}

/** The postings of a webhook, the newest first. */
export async function readPostings(reads: Queryable, webhook: string): Promise<PostingRow[]> {
  const { rows } = await reads.query<PostingRow>(
    `select ${columns} from posting where webhook = $1 order by posting.id desc limit ${SHOWN}`,
    [webhook],
  );
  return rows.map(withNumbers);
}

/** A posting that the queue leaves alone; null when there is no such webhook. */
export async function addTest(
  client: Queryable,
  webhook: string,
  notice: Notice,
): Promise<DuePosting | null> {
  const { rows } = await client.query<DuePosting>(
    `with added as (
       insert into posting (webhook, event, notice, at, due_at, state)
       select id, 'test', $2::jsonb, $3, $3, 'testing' from webhook where id = $1 returning *)
     select added.id, webhook, notice, url, secret, shape, failures from added join webhook on webhook.id = added.webhook`,
    [webhook, JSON.stringify(notice), notice.at],
  );
  return rows[0] ? { ...rows[0], id: Number(rows[0].id) } : null;
}

/**
 * Writes down what became of an attempt. A failure holds up all that wait for the same webhook, so that one that is
 * away is asked once and not once for each notice; a success lets them go. For a transaction.
 */
export async function endPosting(
  client: Queryable,
  { id, webhook }: DuePosting,
  { state, status, why, retryAt, at }: PostingEnd,
): Promise<PostingRow | null> {
  const { rows } = await client.query<PostingRow>(
    `update posting set state = $2, attempts = attempts + 1, status = $3, why = $4, due_at = $5
     where id = $1 returning ${columns}`,
    [id, retryAt === null ? state : 'waiting', status, why, retryAt ?? at],
  );
  if (rows[0] === undefined) return null;
  if (retryAt === null) {
    await client.query(
      `delete from posting where webhook = $1 and state in ('sent', 'failed') and id <=
         (select id from posting where webhook = $1 and state in ('sent', 'failed') order by id desc limit 1 offset ${KEPT})`,
      [webhook],
    );
  } else {
    await client.query(`update webhook set failures = failures + 1 where id = $1`, [webhook]);
    await client.query(
      `update posting set due_at = greatest(due_at, $2) where webhook = $1 and state = 'waiting'`,
      [webhook, retryAt],
    );
  }
  if (state === 'sent') {
    await client.query(`update webhook set failures = 0 where id = $1 and failures > 0`, [webhook]);
    await client.query(
      `update posting set due_at = $2 where webhook = $1 and state = 'waiting' and due_at > $2`,
      [webhook, at],
    );
  }
  return withNumbers(rows[0]);
}

/** Gives up what has waited since before then, in vain. */
export async function giveUpPostings(client: Queryable, before: number, now: number): Promise<void> {
  await client.query(
    `update posting set state = 'failed', due_at = $2, why = coalesce(why, 'it could not be sent for a day')
     where state in ('waiting', 'testing') and at < $1`,
    [before, now],
  );
}

// PostgreSQL gives bigint as text.
function withNumbers(row: PostingRow): PostingRow {
  return { ...row, id: Number(row.id), at: Number(row.at), dueAt: Number(row.dueAt) };
}
