import type pg from 'pg';
import type { Fact } from '../schedule/index.ts';
import { foldFacts } from './fold-facts.ts';
import { loadSql } from './load-sql.ts';
import { NotLeading } from './not-leading.ts';

const sql = {
  nextBatch: loadSql('next-batch'),
  putJobs: loadSql('put-jobs'),
  putFrames: loadSql('put-frames'),
  addAttempts: loadSql('add-attempts'),
  addLeases: loadSql('add-leases'),
  narrowLeases: loadSql('narrow-leases'),
  putWorkers: loadSql('put-workers'),
  putFrameServers: loadSql('put-frame-servers'),
  putBuilds: loadSql('put-builds'),
  deleteBuilds: loadSql('delete-builds'),
  putLimits: loadSql('put-limits'),
  deleteLimits: loadSql('delete-limits'),
  addChanges: loadSql('add-changes'),
  addForgets: loadSql('add-forgets'),
  deleteForgets: loadSql('delete-forgets'),
};

/**
 * Writes facts as group number `batch` in one transaction. Safe to repeat when it is not known whether
 * the first try was committed: a number that is already there is left as it is.
 */
export async function writeFacts(
  client: pg.ClientBase,
  batch: number,
  facts: readonly Fact[],
): Promise<void> {
  await client.query('begin');
  try {
    const { rowCount } = await client.query(sql.nextBatch, [batch]);
    if (rowCount === 1) await writeRows(client, facts);
    else await mustBeWritten(client, batch);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}

async function mustBeWritten(client: pg.ClientBase, batch: number): Promise<void> {
  const { rows } = await client.query<{ batch: string }>('select batch from farm');
  if (Number(rows[0]?.batch) !== batch)
    throw new NotLeading(`the farm is at group ${rows[0]?.batch}, not ${batch}`);
}

async function writeRows(client: pg.ClientBase, facts: readonly Fact[]): Promise<void> {
  const rows = foldFacts(facts);
  // First, because a job or a worker may have come again under the same name.
  if (rows.deletedJobs.size > 0)
    await client.query('delete from job where id = any($1)', [[...rows.deletedJobs]]);
  if (rows.deletedWorkers.size > 0)
    await client.query('delete from worker where id = any($1)', [[...rows.deletedWorkers]]);
  await put(client, sql.putFrameServers, [...rows.frameServers.values()]);
  await put(client, sql.putWorkers, [...rows.workers.values()]);
  await put(client, sql.putJobs, [...rows.jobs.values()]);
  await put(client, sql.putFrames, [...rows.frames.values()]);
  await put(client, sql.addAttempts, rows.attempts);
  await put(client, sql.addLeases, [...rows.leases.values()]);
  await put(client, sql.narrowLeases, [...rows.narrowed.values()]);
  await put(client, sql.deleteBuilds, [...rows.removedBuilds.values()]);
  await put(client, sql.putBuilds, [...rows.builds.values()]);
  const limits = [...rows.limits.values()];
  await put(
    client,
    sql.putLimits,
    limits.filter((row) => row.most !== null),
  );
  await put(
    client,
    sql.deleteLimits,
    limits.filter((row) => row.most === null),
  );
  await put(client, sql.addChanges, rows.changes);
  await put(client, sql.addForgets, rows.forgets);
  await put(client, sql.deleteForgets, rows.forgotten);
  if (rows.closed.length > 0) await client.query('delete from lease where id = any($1)', [rows.closed]);
}

async function put(client: pg.ClientBase, statement: string, rows: readonly object[]): Promise<void> {
  if (rows.length > 0) await client.query(statement, [toJsonb(rows)]);
}

/**
 * JSON that PostgreSQL's jsonb takes. It refuses NUL and halves of surrogate pairs, which JSON allows and
 * which Blender's output, a scene's names or a hostile caller may hold; each becomes U+FFFD.
 */
export function toJsonb(value: unknown): string {
  const text = JSON.stringify(value);
  // JSON.stringify escapes just these, so that the slow way is taken only where it may be needed.
  if (!/\\u(0000|d[89a-f])/.test(text)) return text;
  return JSON.stringify(value, (_, one: unknown) =>
    typeof one === 'string' ? one.replace(/[\0\p{Cs}]/gu, '\ufffd') : one,
  );
}
