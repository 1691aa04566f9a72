import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import type pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { build, TestFarm } from '../schedule/farm.fixture.ts';
import { openBackup, readBackup, writeBackup } from './backup.ts';
import { silent, TestPostgres, until } from './database.fixture.ts';
import { Database } from './database.ts';
import { writeFacts } from './write-facts.ts';

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await TestPostgres.start();
}, 60_000);
const open: Database[] = [];
afterEach(async () => {
  for (const database of open.splice(0)) await database.close();
  await postgres.closeClients();
});
afterAll(() => postgres?.close(), 30_000);

function databaseAt(config: pg.ClientConfig): Database {
  const database = new Database(config, silent);
  open.push(database);
  return database;
}

/** A farm to which something of each kind happened. */
async function lively(config: pg.ClientConfig): Promise<void> {
  const farm = TestFarm.rendering('1-30', ['wanda', 'walt']);
  for (let frame = 1; frame <= 3; frame += 1) {
    farm.fail('wanda', farm.lease('wanda'), frame, 'render.crashed', 'It crashed: "☃"');
    farm.done(farm.lease('walt'));
  }
  farm.lease('wanda');
  farm.say({ kind: 'add-build', build: build('4.2.1') });
  farm.submit({ name: 'Forgotten' }, 'job-2');
  farm.say({ kind: 'delete', job: 'job-2' });
  for (let job = 3; job < 2500; job += 1) farm.submit({ name: `Job ${job}` }, `job-${job}`);
  await writeFacts(await postgres.connect(config), 1, farm.facts);
}

const tables = ['farm', 'job', 'frame', 'attempt', 'worker', 'frame_server', 'forget', 'build'];

async function allRows(config: pg.ClientConfig): Promise<Record<string, unknown[]>> {
  const client = await postgres.connect(config);
  const rows: Record<string, unknown[]> = {};
  for (const table of tables)
    rows[table] = (
      await client.query(`select to_jsonb(t) as row from ${table} t order by to_jsonb(t)::text`)
    ).rows;
  return rows;
}

test('a backup that is put into another farm gives the same farm', async () => {
  const from = await postgres.farm();
  await lively(from);
  const bytes = await buffer(writeBackup(databaseAt(from)));
  const to = await postgres.farm();
  await readBackup(databaseAt(to), await openBackup(Readable.from([bytes])));
  const rows = await allRows(to);
  expect(rows).toEqual(await allRows(from));
  for (const table of tables) expect(rows[table]!.length).toBeGreaterThan(0);
  // New rows do not collide with those that were put back.
  await writeFacts(await postgres.connect(to), 2, [
    {
      ...{ kind: 'attempt', frame: 1, log: '', job: (rows.job![0] as { row: { id: string } }).row.id },
      attempt: { worker: null, at: 1, seconds: null, memory: null, outcome: 'lost', problem: null },
    },
  ]);
});

test('a backup of a farm to which nothing happened can be restored', async () => {
  const bytes = await buffer(writeBackup(databaseAt(await postgres.farm())));
  const to = await postgres.farm();
  await readBackup(databaseAt(to), await openBackup(Readable.from([bytes])));
  expect((await allRows(to)).farm).toHaveLength(1);
});

test('a backup is refused by a farm that has jobs, which stays as it is', async () => {
  const from = await postgres.farm();
  await lively(from);
  const before = await allRows(from);
  const bytes = await buffer(writeBackup(databaseAt(from)));
  await expect(readBackup(databaseAt(from), await openBackup(Readable.from([bytes])))).rejects.toMatchObject({
    code: 'farm.not-empty',
  });
  expect(await allRows(from)).toEqual(before);
});

const heading = '{"format":"akashganga-backup-1","migrations":[]}\n';
test.each([
  ['bytes that are no gzip', Buffer.from('once upon a time')],
  ['nothing at all', Buffer.alloc(0)],
  ['an empty gzip', gzipSync('')],
  ['text that is no JSON', gzipSync('once upon a time\n')],
  ['JSON of something else', gzipSync('{"format":"holiday-pictures"}\n')],
  ['a table that is not ours', gzipSync(`${heading}["pg_shadow",{}]\n`)],
  ['a row that is not an object', gzipSync(`${heading}["job",7]\n`)],
  ['a row without what it must have', gzipSync(`${heading}["job",{"id":"job-1"}]\n`)],
  ['a line that is cut', gzipSync(`${heading}["job",{"id":`)],
  ['a backup that is cut', gzipSync(heading.repeat(50)).subarray(0, -12)],
])('%s is refused, and the farm stays empty', async (_, bytes) => {
  const config = await postgres.farm();
  const before = await allRows(config);
  const put = async () => readBackup(databaseAt(config), await openBackup(Readable.from([bytes])));
  await expect(put()).rejects.toMatchObject({ code: 'farm.bad-backup' });
  expect(await allRows(config)).toEqual(before);
});

test('a connection that breaks while a backup is sent is an error to be told, not the end of the manager', async () => {
  const config = await postgres.farm();
  async function* breaking(): AsyncIterable<Buffer> {
    yield gzipSync(heading).subarray(0, 20);
    throw new Error('aborted');
  }
  const put = async () => readBackup(databaseAt(config), await openBackup(breaking()));
  await expect(put()).rejects.toMatchObject({ code: 'farm.bad-backup' });
});

test('a reader that goes away leaves no transaction open', async () => {
  const config = await postgres.farm();
  const client = await postgres.connect(config);
  await client.query(
    "insert into worker select 'worker-' || n, jsonb_build_object('noise', (select string_agg(md5(random()::text || n || m), '') from generate_series(1, 100) m)), false, 0 from generate_series(1, 3000) n",
  );
  const backup = writeBackup(databaseAt(config));
  await new Promise((begun) => backup.once('readable', begun));
  backup.destroy();
  await until(
    async () => {
      const { rows } = await client.query<{ count: string }>(
        'select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
      );
      return rows[0]?.count === '0';
    },
    5,
    'the end of the transaction',
  );
});
