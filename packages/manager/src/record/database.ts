import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { FarmError } from '@akashganga/protocol';
import pg from 'pg';
import type { Logger } from 'pino';
import type { Fact, JobEntry } from '../schedule/index.ts';
import { type LoadedFarm, loadFarm, loadJob } from './load-farm.ts';
import { migrate } from './migrate.ts';
import { NotLeading } from './not-leading.ts';
import { writeFacts } from './write-facts.ts';

// Any number, the same in every manager: who holds this lock leads the farm.
const LEADER_LOCK = 7_770_001;

/** One connection that writes and holds the leader's lock, and a few that read. */
export class Database {
  readonly #config: pg.ClientConfig;
  readonly #log: Logger;
  readonly reads: pg.Pool;
  #writer: pg.Client | null = null;
  #closed = false;

  constructor(config: pg.ClientConfig, log: Logger) {
    this.#config = config;
    this.#log = log;
    this.reads = new pg.Pool({
      ...config,
      max: 4,
      idleTimeoutMillis: 10_000,
      connectionTimeoutMillis: 5_000,
    });
    this.reads.on('error', (error) => log.warn({ error: error.message }, 'a reading connection broke'));
  }

  /** Waits until this manager leads, brings the tables up to date and reads the farm. `onWait` is called once if another leads. */
  async lead(leasePrefix: string, now: number, onWait: () => void): Promise<LoadedFarm> {
    for (let told = false; ; await sleep(1000)) {
      if (this.#closed) throw new FarmError('farm.database-down');
      const writer = await this.#connect(true).catch((cause: Error) => {
        // At the start somebody is there to read it; a manager that stands by waits.
        if (!told) throw notUsable(this.#config, cause);
        this.#log.warn({ error: cause.message }, 'the database does not answer; standing by');
        return null;
      });
      if (writer === null) continue;
      if (await takeLock(writer)) {
        // Kept at once, so that `close` ends it also when the tables cannot be read.
        this.#writer = writer;
        await migrate(writer);
        await ensureFarm(writer, now);
        return await loadFarm(writer, leasePrefix, now);
      }
      await writer.end();
      if (!told) onWait();
      told = true;
    }
  }

  /** Writes one group; waits for the database as long as it takes. Throws `NotLeading` when another manager took over. */
  async write(batch: number, facts: readonly Fact[], onDown: (down: boolean) => void): Promise<void> {
    for (let wait = 100; !this.#closed; wait = Math.min(wait * 2, 2000)) {
      try {
        await writeFacts(await this.#leading(batch), batch, facts);
        return onDown(false);
      } catch (error) {
        if (error instanceof NotLeading || isOurMistake(error)) throw error;
        this.#log.warn({ error: (error as Error).message }, 'the database does not answer; trying again');
        onDown(true);
        this.#dropWriter();
        await sleep(wait);
      }
    }
    throw new FarmError('farm.database-down');
  }

  /** A job that had ended before this manager led; null when there is none. */
  readJob(id: string): Promise<JobEntry | null> {
    return loadJob(this.reads, id);
  }

  async #leading(batch: number): Promise<pg.Client> {
    if (this.#writer) return this.#writer;
    const writer = await this.#connect(true);
    if (!(await takeLock(writer))) {
      const { rows } = await writer.query<{ batch: string }>('select batch from farm');
      await writer.end();
      // Our own broken connection may hold the lock for a moment; the group's number tells whose it is.
      if (Number(rows[0]?.batch) > batch)
        throw new NotLeading(`another manager is at group ${rows[0]?.batch}`);
      throw new Error('another connection holds the lock of the leading manager');
    }
    this.#writer = writer;
    return writer;
  }

  /** `pipeline`: statements are sent without waiting for the answers to those before. */
  async #connect(pipeline = false): Promise<pg.Client> {
    const client = new pg.Client({
      ...this.#config,
      ...{ connectionTimeoutMillis: 5_000, keepAlive: true, pipeline },
    });
    client.on('error', (error) => {
      this.#log.warn({ error: error.message }, 'the writing connection broke');
      if (this.#writer === client) this.#writer = null;
    });
    await client.connect();
    return client;
  }

  #dropWriter(): void {
    const writer = this.#writer;
    this.#writer = null;
    writer?.end().catch(() => undefined);
  }

  /** Runs reads in one snapshot, or `work` in one transaction on the writing connection. */
  async transaction<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
    const client = await this.#connect();
    try {
      await client.query('begin isolation level repeatable read');
      const result = await work(client);
      await client.query('commit');
      return result;
    } finally {
      await client.end();
    }
  }

  /** Gives the leader's lock back, for this manager to take it anew. */
  async yieldLead(): Promise<void> {
    const writer = this.#writer;
    this.#writer = null;
    await writer?.end();
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled([this.#writer?.end(), this.reads.end()]);
  }
}

// Without the user and the password of the address.
function notUsable(config: pg.ClientConfig, cause: Error): FarmError {
  if (config.connectionString === undefined)
    return new FarmError('machine.database-failed', { why: cause.message }, { cause });
  const { connectionString } = config;
  const host = (URL.canParse(connectionString) && new URL(connectionString).host) || 'no host';
  const code = (cause as NodeJS.ErrnoException).code;
  const why = code === 'ECONNREFUSED' ? 'connection refused' : cause.message || code;
  const says = `The PostgreSQL of DATABASE_URL (${host}) cannot be used: ${why}. Is it running, and is DATABASE_URL right?`;
  return new FarmError('machine.database-failed', {}, { cause, says });
}

async function takeLock(client: pg.ClientBase): Promise<boolean> {
  const { rows } = await client.query<{ got: boolean }>('select pg_try_advisory_lock($1) as got', [
    LEADER_LOCK,
  ]);
  return rows[0]?.got === true;
}

async function ensureFarm(client: pg.ClientBase, now: number): Promise<void> {
  const id = randomBytes(6).toString('hex');
  await client.query('insert into farm (id, name, created_at) values ($1, $2, $3) on conflict do nothing', [
    id,
    'Akashganga',
    now,
  ]);
}

// Classes 22, 23 and 42: the statement or its values are wrong, and trying again would be wrong for ever.
function isOurMistake(error: unknown): boolean {
  return /^(22|23|42)/.test((error as { code?: string }).code ?? '');
}
