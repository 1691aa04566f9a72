import type { Change } from '@akashganga/protocol';
import type pg from 'pg';
import type { Fact } from '../schedule/index.ts';
import { foldFacts } from './fold-facts.ts';
import type { Queryable } from './load-farm.ts';
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
  putTallies: loadSql('put-tallies'),
  putFrameServers: loadSql('put-frame-servers'),
  putBuilds: loadSql('put-builds'),
  deleteBuilds: loadSql('delete-builds'),
  putLimits: loadSql('put-limits'),
  deleteLimits: loadSql('delete-limits'),
  addChanges: loadSql('add-changes'),
  addPostings: loadSql('add-postings'),
  addForgets: loadSql('add-forgets'),
  deleteForgets: loadSql('delete-forgets'),
};

/** How `next-batch.sql` says that the farm is not at the group before. */
const DIVISION_BY_ZERO = '22012';

/**
 * Writes facts as group number `batch` in one transaction. Safe to repeat when it is not known whether
 * the first try was committed: a number that is already there is left as it is. On a connection in pipeline
 * mode nothing is waited for before all of it is on its way, so a group costs one journey there and back.
 */
export async function writeFacts(
  client: pg.ClientBase,
  batch: number,
  facts: readonly Fact[],
): Promise<void> {
  const statements: Statement[] = [['begin'], [sql.nextBatch, [batch]], ...statementsFor(facts), ['commit']];
  const answers = await Promise.allSettled(statements.map(([text, values]) => client.query(text, values)));
  const isBehind = (answers[1] as { reason?: { code?: string } }).reason?.code === DIVISION_BY_ZERO;
  if (isBehind) return mustBeWritten(client, batch);
  // The first one says why; those behind it only that the transaction was over, and `commit` ended it.
  const failed = answers.find((answer) => answer.status === 'rejected');
  if (failed) throw failed.reason;
}

async function mustBeWritten(client: pg.ClientBase, batch: number): Promise<void> {
  const { rows } = await client.query<{ batch: string }>('select batch from farm');
  if (Number(rows[0]?.batch) !== batch)
    throw new NotLeading(`the farm is at group ${rows[0]?.batch}, not ${batch}`);
}

/** A line of the history for what is no decision of the scheduler. */
export async function writeChange(client: Queryable, change: Change): Promise<void> {
  await client.query(sql.addChanges, [toJsonb([change])]);
}

type Statement = readonly [text: string, values?: unknown[]];

function statementsFor(facts: readonly Fact[]): Statement[] {
  if (facts.length === 0) return [];
  const rows = foldFacts(facts);
  const limits = [...rows.limits.values()];
  return [
    // First, because a job or a worker may have come again under the same name.
    ...deletion('delete from job where id = any($1)', [...rows.deletedJobs]),
    ...deletion('delete from worker where id = any($1)', [...rows.deletedWorkers]),
    ...put(sql.putFrameServers, rows.frameServers.values()),
    ...put(sql.putWorkers, rows.workers.values()),
    ...put(sql.putTallies, rows.tallies.values()),
    ...put(sql.putJobs, rows.jobs.values()),
    ...deletion("delete from frame where state = 'done' and job = any($1)", [...rows.lostFrames]),
    ...put(sql.putFrames, rows.frames.values()),
    ...put(sql.addAttempts, rows.attempts),
    ...put(sql.addLeases, rows.leases.values()),
    ...put(sql.narrowLeases, rows.narrowed.values()),
    ...put(sql.deleteBuilds, rows.removedBuilds.values()),
    ...put(sql.putBuilds, rows.builds.values()),
    ...put(
      sql.putLimits,
      limits.filter((row) => row.most !== null),
    ),
    ...put(
      sql.deleteLimits,
      limits.filter((row) => row.most === null),
    ),
    ...put(sql.addChanges, rows.changes),
    ...put(sql.addPostings, rows.notices),
    ...put(sql.addForgets, rows.forgets),
    ...put(sql.deleteForgets, rows.forgotten),
    ...deletion('delete from lease where id = any($1)', rows.closed),
  ];
}

function put(text: string, given: Iterable<object>): Statement[] {
  const rows = [...given];
  return rows.length > 0 ? [[text, [toJsonb(rows)]]] : [];
}

function deletion(text: string, ids: readonly string[]): Statement[] {
  return ids.length > 0 ? [[text, [ids]]] : [];
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
