import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { postmasterPid, silent, until } from './database.fixture.ts';
import { startEmbeddedPostgres } from './embedded-postgres.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp('/tmp/akg-');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test('PostgreSQL dies with its manager, and what was committed is there for the next one', async () => {
  const script = fileURLToPath(new URL('run-postgres.fixture.ts', import.meta.url));
  const child = spawn(process.execPath, ['--conditions=source', '--import', 'tsx', script, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  const pid = await postmasterPid(folder);
  expect(isAlive(pid)).toBe(true);
  const client = new pg.Client({ host: `${folder}/postgres`, user: 'akashganga', database: 'postgres' });
  client.on('error', () => undefined);
  await client.connect();
  await client.query('create table kept as select 7 as answer');
  child.kill('SIGKILL');
  await until(() => !isAlive(pid), 15, 'the end of PostgreSQL');

  const again = await startEmbeddedPostgres(folder, silent);
  const next = new pg.Client(again.connection);
  try {
    await next.connect();
    expect((await next.query('select answer from kept')).rows).toEqual([{ answer: 7 }]);
  } finally {
    await next.end();
    await again.close();
  }
  await expect(stat(`${folder}/postgres/postmaster.pid`)).rejects.toThrow(/ENOENT/);
}, 60_000);

test('nobody but this computer can reach it', async () => {
  const postgres = await startEmbeddedPostgres(folder, silent);
  const client = new pg.Client(postgres.connection);
  try {
    await client.connect();
    expect((await client.query('show listen_addresses')).rows).toEqual([{ listen_addresses: '' }]);
    expect((await stat(`${folder}/postgres`)).mode & 0o077).toBe(0);
  } finally {
    await client.end();
    await postgres.close();
  }
}, 60_000);

test('a data folder whose path is too long for a unix socket is refused with words about it', async () => {
  const long = `${folder}/${'long'.repeat(25)}`;
  await expect(startEmbeddedPostgres(long, silent)).rejects.toMatchObject({
    code: 'machine.database-failed',
    message: expect.stringContaining('too long'),
  });
});
