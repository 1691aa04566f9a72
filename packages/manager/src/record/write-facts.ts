import type pg from 'pg';
import { type Fact, leaseFrames } from '../schedule/index.ts';
import { loadSql } from './load-sql.ts';

const sql = {
  nextBatch: loadSql('next-batch'),
  putJobs: loadSql('put-jobs'),
  putFrames: loadSql('put-frames'),
  addAttempts: loadSql('add-attempts'),
  addLeases: loadSql('add-leases'),
  narrowLeases: loadSql('narrow-leases'),
  putWorkers: loadSql('put-workers'),
  putFrameServers: loadSql('put-frame-servers'),
  addForgets: loadSql('add-forgets'),
  deleteForgets: loadSql('delete-forgets'),
};

/** Another manager wrote to the farm: this one must not go on. */
export class NotLeading extends Error {
  override readonly name = 'NotLeading';
}

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
  const rows = fold(facts);
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

/** One row for each thing, the last word wins; what was opened and closed in one group is never written. */
function fold(facts: readonly Fact[]) {
  const rows = {
    jobs: new Map<string, object>(),
    frames: new Map<string, { job: string }>(),
    attempts: [] as { job: string }[],
    leases: new Map<string, { job: string; frames: string | null }>(),
    narrowed: new Map<string, object>(),
    closed: [] as string[],
    workers: new Map<string, object>(),
    frameServers: new Map<string, object>(),
    forgets: [] as object[],
    forgotten: [] as object[],
    deletedJobs: new Set<string>(),
    deletedWorkers: new Set<string>(),
  };
  for (const fact of facts) addFact(rows, fact);
  return rows;
}

type Rows = ReturnType<typeof fold>;

// What comes after this in the same group is of another job with the same name.
function dropJob(rows: Rows, job: string): void {
  rows.deletedJobs.add(job);
  rows.jobs.delete(job);
  for (const [key, row] of rows.frames) if (row.job === job) rows.frames.delete(key);
  for (const [key, row] of rows.leases) if (row.job === job) rows.leases.delete(key);
  rows.attempts = rows.attempts.filter((row) => row.job !== job);
}

function addFact(rows: Rows, fact: Fact): void {
  switch (fact.kind) {
    case 'job': {
      const { id, createdAt, state } = fact.head;
      rows.jobs.set(id, { id, created_at: createdAt, state, head: fact.head });
      return;
    }
    case 'job-deleted':
      dropJob(rows, fact.job);
      if (fact.frameServer) rows.forgets.push({ frame_server: fact.frameServer, job: fact.job });
      return;
    case 'frame':
      rows.frames.set(`${fact.job} ${fact.frame}`, fact);
      return;
    case 'attempt':
      rows.attempts.push(attemptRow(fact));
      return;
    case 'lease-opened': {
      const { id, job, worker, kind, frames, grantedAt } = fact.lease;
      rows.leases.set(
        id,
        Object.assign({ id, job, worker, kind, frames: leaseFrames(frames) }, { granted_at: grantedAt }),
      );
      return;
    }
    case 'lease-narrowed': {
      const opened = rows.leases.get(fact.lease);
      if (opened) opened.frames = leaseFrames(fact.frames);
      else rows.narrowed.set(fact.lease, { id: fact.lease, frames: leaseFrames(fact.frames) });
      return;
    }
    case 'lease-closed':
      rows.narrowed.delete(fact.lease);
      if (!rows.leases.delete(fact.lease)) rows.closed.push(fact.lease);
      return;
    case 'worker':
      rows.workers.set(fact.hello.id, {
        id: fact.hello.id,
        hello: fact.hello,
        draining: fact.draining,
        frames_done: fact.framesDone,
      });
      return;
    case 'worker-removed':
      rows.workers.delete(fact.worker);
      rows.deletedWorkers.add(fact.worker);
      return;
    case 'frame-server':
      rows.frameServers.set(fact.hello.id, { id: fact.hello.id, hello: fact.hello, host: fact.host });
      return;
    case 'forgotten':
      rows.forgotten.push({ frame_server: fact.frameServer, job: fact.job });
  }
}

function attemptRow(fact: Extract<Fact, { kind: 'attempt' }>) {
  const { at, worker, seconds, memory, outcome, problem } = fact.attempt;
  return { job: fact.job, frame: fact.frame, at, worker, seconds, memory, outcome, problem, log: fact.log };
}
