// A PostgreSQL of a test file's own, the one that a farm starts, with empty tables for each test that asks.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { pino } from 'pino';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.ts';
import { migrate } from './migrate.ts';

export const silent = pino({ level: 'silent' });

export class TestPostgres {
  readonly folder: string;
  readonly #postgres: EmbeddedPostgres;
  readonly #clients: pg.Client[] = [];
  #schemas = 0;

  private constructor(folder: string, postgres: EmbeddedPostgres) {
    this.folder = folder;
    this.#postgres = postgres;
  }

  static async start(): Promise<TestPostgres> {
    // Short, since the path of a unix socket is.
    const folder = await mkdtemp('/tmp/akg-');
    return new TestPostgres(folder, await startEmbeddedPostgres(folder, silent));
  }

  /** Where to connect to find no tables: in a schema of its own, which costs less than a database. */
  async empty(): Promise<pg.ClientConfig> {
    this.#schemas += 1;
    const schema = `test_${this.#schemas}`;
    const client = await this.connect();
    await client.query(`create schema ${schema}`);
    await client.end();
    return { ...this.#postgres.connection, options: `-c search_path=${schema}` };
  }

  /** Where to connect for a farm to which nothing happened yet. */
  async farm(): Promise<pg.ClientConfig> {
    const config = await this.empty();
    const client = await this.connect(config);
    await migrate(client);
    await client.query("insert into farm (id, name, created_at) values ('farm', 'Akashganga', 1)");
    await client.end();
    return config;
  }

  async connect(config: pg.ClientConfig = this.#postgres.connection): Promise<pg.Client> {
    const client = new pg.Client({ ...config, pipeline: true });
    client.on('error', () => undefined);
    this.#clients.push(client);
    await client.connect();
    return client;
  }

  /** The server takes 30 connections; to be called after each test. */
  async closeClients(): Promise<void> {
    await Promise.allSettled(this.#clients.splice(0).map((client) => client.end()));
  }

  async close(): Promise<void> {
    await this.closeClients();
    await this.#postgres.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}

export async function postmasterPid(folder: string): Promise<number> {
  return Number((await readFile(join(folder, 'postgres', 'postmaster.pid'), 'utf8')).split('\n')[0]);
}

/** Waits until it is so; fails after `seconds`. */
export async function until(
  isSo: () => boolean | Promise<boolean>,
  seconds: number,
  what: string,
): Promise<void> {
  const giveUp = Date.now() + seconds * 1000;
  while (!(await isSo())) {
    if (Date.now() > giveUp) throw new Error(`${what} did not happen within ${seconds} s`);
    await new Promise((next) => setTimeout(next, 25));
  }
}
