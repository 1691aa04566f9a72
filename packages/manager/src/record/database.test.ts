import { setTimeout as sleep } from 'node:timers/promises';
import { FarmError, type Job } from '@akashganga/protocol';
import type pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { Announcer } from '../announce/announcer.ts';
import { Farm } from '../farm/farm.ts';
import { newJob, TestFarm } from '../schedule/farm.fixture.ts';
import { step } from '../schedule/index.ts';
import { postmasterPid, silent, TestPostgres, until } from './database.fixture.ts';
import { Database } from './database.ts';
import { NotLeading } from './not-leading.ts';

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await TestPostgres.start();
}, 60_000);
const closing: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of closing.splice(0).reverse()) await one.close();
  await postgres.closeClients();
});
afterAll(() => postgres?.close(), 30_000);

function open(config: pg.ClientConfig): Database {
  const database = new Database(config, silent);
  closing.push(database);
  return database;
}

async function lead(config: pg.ClientConfig, boot = 'lease'): Promise<{ farm: Farm; database: Database }> {
  const database = open(config);
  const loaded = await database.lead(boot, Date.now(), () => undefined);
  const announcer = new Announcer(loaded.state, boot);
  const farm = new Farm(loaded, { database, announcer, log: silent, step, now: () => Date.now() });
  closing.push(announcer, farm);
  return { farm, database };
}

const submit = (farm: Farm, id: string) => farm.run<Job>({ kind: 'submit', id, job: newJob({ name: id }) });

test('what was acknowledged is on disk when PostgreSQL is killed, and the farm goes on by itself', async () => {
  const config = await postgres.empty();
  const { farm } = await lead(config);
  const acknowledged: string[] = [];
  let stop = false;
  const lane = async (lane: number) => {
    for (let count = 0; !stop; count += 1) {
      const id = `job-${lane}-${count}`;
      await submit(farm, id).then(
        () => acknowledged.push(id),
        () => sleep(20),
      );
    }
  };
  const lanes = Promise.all([1, 2, 3, 4].map(lane));
  await until(() => acknowledged.length > 100, 20, 'the first hundred jobs');
  const before = await postmasterPid(postgres.folder);
  process.kill(before, 'SIGKILL');
  await until(() => farm.isDown, 10, 'the farm to notice');
  await expect(submit(farm, 'job-0')).rejects.toMatchObject({ code: 'farm.database-down' });
  const atDeath = acknowledged.length;
  await until(() => acknowledged.length > atDeath + 100, 30, 'the farm to go on');
  stop = true;
  await lanes;
  expect(await postmasterPid(postgres.folder)).not.toBe(before);
  const { rows } = await (await postgres.connect(config)).query<{ id: string }>('select id from job');
  const kept = new Set(rows.map((row) => row.id));
  expect(acknowledged.filter((id) => !kept.has(id))).toEqual([]);
  expect(farm.state.jobs.size).toBe(kept.size);
}, 90_000);

test('commands that arrive together are written together and answered in their order', async () => {
  const { farm, database } = await lead(await postgres.empty());
  const order: string[] = [];
  const ids = Array.from({ length: 500 }, (_, index) => `job-${index}`);
  await Promise.all(ids.map((id) => submit(farm, id).then((job) => order.push(job.id))));
  expect(order).toEqual(ids);
  const { rows } = await database.reads.query(
    'select batch::int, (select count(*)::int from job) as jobs from farm',
  );
  expect(rows[0].jobs).toBe(500);
  expect(rows[0].batch).toBeLessThan(10);
});

test('a job that is being deleted does not come back from the database', async () => {
  const { farm } = await lead(await postgres.empty());
  await submit(farm, 'job-1');
  const deleted = farm.run({ kind: 'delete', job: 'job-1' });
  // The row is still there while the deletion is on its way.
  await farm.ensureJob('job-1');
  expect(farm.state.jobs.has('job-1')).toBe(false);
  await deleted;
});

test('a job that ended before the manager started is brought back when somebody asks for it', async () => {
  const config = await postgres.empty();
  const first = await lead(config);
  await submit(first.farm, 'job-1');
  await first.farm.run({ kind: 'cancel', job: 'job-1' });
  await first.farm.close();
  await first.database.close();
  const { farm } = await lead(config, 'again');
  expect(farm.state.jobs.size).toBe(0);
  await farm.ensureJob('job-1');
  await expect(farm.run<Job>({ kind: 'retry', job: 'job-1', frames: null })).resolves.toMatchObject({
    state: 'queued',
  });
});

test('a second manager stands by, takes over when the first one is gone, and the first can write no more', async () => {
  const config = await postgres.empty();
  const first = open(config);
  const loaded = await first.lead('first', Date.now(), () => undefined);
  const facts = TestFarm.rendering('1-3').facts;
  await first.write(loaded.batch + 1, facts, () => undefined);

  const second = open(config);
  let stoodBy = false;
  const leading = second.lead('second', Date.now(), () => {
    stoodBy = true;
  });
  await until(() => stoodBy, 5, 'the second manager to stand by');
  const admin = await postgres.connect(config);
  await admin.query(
    "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and granted and database = (select oid from pg_database where datname = current_database())",
  );
  const taken = await leading;
  expect(taken.batch).toBe(loaded.batch + 1);
  expect([...taken.state.jobs.keys()]).toEqual(['job-1']);
  await second.write(taken.batch + 1, [], () => undefined);
  await second.write(taken.batch + 2, [], () => undefined);
  await expect(first.write(loaded.batch + 2, [], () => undefined)).rejects.toThrow(NotLeading);
}, 30_000);

test('a manager that closes while the database is away does not hang', async () => {
  const config = await postgres.empty();
  const { farm, database } = await lead(config);
  await submit(farm, 'job-1');
  process.kill(await postmasterPid(postgres.folder), 'SIGKILL');
  // A server whose postmaster is gone may still take one more; the farm notices with the one after.
  const sent: Promise<unknown>[] = [];
  const send = () => sent.push(submit(farm, `job-${sent.length + 2}`).catch((error: unknown) => error));
  await until(() => send() > 0 && farm.isDown, 10, 'the farm to notice');
  await farm.close();
  await database.close();
  expect(await sent.at(-1)).toBeInstanceOf(FarmError);
  await until(
    async () => {
      const client = await postgres.connect(config).catch(() => null);
      return client !== null;
    },
    30,
    'PostgreSQL to come back',
  );
}, 60_000);
