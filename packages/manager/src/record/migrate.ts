import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FarmError } from '@akashganga/protocol';
import type pg from 'pg';
import { sqlFolder } from './load-sql.ts';

/** Brings the database to this release's shape. Each numbered file runs once, in a transaction of its own. */
export async function migrate(client: pg.ClientBase): Promise<void> {
  await client.query(
    'create table if not exists migration (name text primary key, at timestamptz not null default now())',
  );
  const { rows } = await client.query<{ name: string }>('select name from migration');
  const done = new Set(rows.map((row) => row.name));
  const folder = join(sqlFolder, 'migrations');
  const files = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  const unknown = [...done].find((name) => !files.includes(name));
  if (unknown)
    throw new FarmError('machine.database-failed', {
      why: `the farm's database was used by a newer release (it has ${unknown}); use that release or newer`,
    });
  for (const name of files.filter((file) => !done.has(file))) {
    await client.query('begin');
    try {
      await client.query(await readFile(join(folder, name), 'utf8'));
      await client.query('insert into migration (name) values ($1)', [name]);
      await client.query('commit');
    } catch (error) {
      await client.query('rollback');
      throw error;
    }
  }
}
