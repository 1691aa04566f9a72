import type pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { newJob, problem, TestFarm } from '../schedule/farm.fixture.ts';
import type { Fact } from '../schedule/index.ts';
import { Simulation, seeded } from '../schedule/simulation.fixture.ts';
import { TestPostgres } from './database.fixture.ts';
import { loadFarm, loadJob } from './load-farm.ts';
import { migrate } from './migrate.ts';
import { NotLeading } from './not-leading.ts';
import { portrait } from './portrait.fixture.ts';
import { readManifests } from './read-manifests.ts';
import { toJsonb, writeFacts } from './write-facts.ts';

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await TestPostgres.start();
}, 60_000);
afterEach(() => postgres.closeClients());
afterAll(() => postgres?.close(), 30_000);

async function emptyFarm(): Promise<pg.Client> {
  return postgres.connect(await postgres.farm());
}

function attemptOf() {
  return { at: 1, worker: null, seconds: null, memory: null, outcome: 'failed' as const, problem: null };
}

test('bringing the tables up to date twice does nothing the second time', async () => {
  const client = await postgres.connect(await postgres.empty());
  await migrate(client);
  await migrate(client);
  const { rows } = await client.query('select name from migration');
  expect(new Set(rows.map((row) => row.name)).size).toBe(rows.length);
  expect(rows[0]).toEqual({ name: '0001-first.sql' });
});

test('a database of a newer release is refused', async () => {
  const client = await emptyFarm();
  await client.query("insert into migration (name) values ('9999-later.sql')");
  await expect(migrate(client)).rejects.toMatchObject({ code: 'machine.database-failed' });
});

test.each([1, 2, 3, 4, 5, 6])(
  'a farm that is read back is the farm that was written (seed %i)',
  async (seed) => {
    const client = await emptyFarm();
    const simulation = new Simulation(seed, 3);
    const chance = seeded(seed);
    let batch = 0;
    for (let round = 0; round < 4; round += 1) {
      for (let count = 0; count < 250; count += 1) simulation.step();
      // Any number of decisions becomes one group.
      const steps = simulation.farm.written.splice(0);
      while (steps.length > 0) {
        batch += 1;
        await writeFacts(client, batch, steps.splice(0, 1 + Math.floor(chance() * 200)).flat());
      }
      const loaded = await loadFarm(client, 'again', simulation.farm.now);
      expect(portrait(loaded.state)).toEqual(portrait(simulation.farm.state));
      expect(loaded.batch).toBe(batch);
    }
    for (const job of simulation.farm.state.jobs.values()) {
      const read = await loadJob(client, job.id);
      const states = [...(job.board?.numbers ?? [])].map((_, index) => job.board?.state(index));
      if (['completed', 'failed', 'canceled'].includes(job.state))
        expect([...(read?.board?.numbers ?? [])].map((_, index) => read?.board?.state(index))).toEqual(
          states,
        );
    }
  },
);

test('a frame that was asked for again takes the place of the old one also after a restart', async () => {
  const client = await emptyFarm();
  const farm = TestFarm.rendering('1-3');
  farm.done(farm.lease('wanda'));
  farm.say({ kind: 'retry', job: 'job-1', frames: '1' });
  farm.fail('wanda', farm.lease('wanda'), 1);
  await writeFacts(client, 1, farm.facts);
  const { state } = await loadFarm(client, 'again', farm.now);
  expect(state.jobs.get('job-1')?.replacing.has(1)).toBe(true);
});

test('a group that is written again, because its answer was lost, is written once', async () => {
  const client = await emptyFarm();
  const farm = TestFarm.rendering('1-2');
  farm.fail('wanda', farm.lease('wanda'), 1);
  await writeFacts(client, 1, farm.facts);
  await writeFacts(client, 1, farm.facts);
  const { rows } = await client.query('select (select batch from farm) as batch, count(*) from attempt');
  expect(rows).toEqual([{ batch: '1', count: '1' }]);
});

test('a group of a manager that does not lead any more is refused, and nothing of it is kept', async () => {
  const client = await emptyFarm();
  await writeFacts(client, 1, []);
  await writeFacts(client, 2, []);
  const farm = TestFarm.rendering('1-2');
  await expect(writeFacts(client, 2 - 1, farm.facts)).rejects.toThrow(NotLeading);
  await expect(writeFacts(client, 4, farm.facts)).rejects.toThrow(NotLeading);
  const { rows } = await client.query('select count(*) from job');
  expect(rows).toEqual([{ count: '0' }]);
});

test('of a group that cannot be written nothing is, and the connection goes on', async () => {
  const client = await emptyFarm();
  const farm = TestFarm.rendering('1-2');
  const wrong: Fact = { kind: 'lease-narrowed', lease: 'lease-1', frames: [1] };
  const noJob: Fact = { kind: 'attempt', job: 'nobody', frame: 1, attempt: attemptOf(), log: '' };
  await expect(writeFacts(client, 1, [...farm.facts, wrong, noJob])).rejects.toMatchObject({ code: '23503' });
  const { rows } = await client.query('select (select batch from farm) as batch, count(*) from job');
  expect(rows).toEqual([{ batch: '0', count: '0' }]);
  await writeFacts(client, 1, farm.facts);
  expect((await loadFarm(client, 'again', farm.now)).batch).toBe(1);
});

test('the frames a worker finished are counted across groups and within one', async () => {
  const client = await emptyFarm();
  const farm = TestFarm.rendering('1-4', ['wanda'], { chunk: 1 });
  farm.done(farm.lease('wanda'));
  farm.done(farm.lease('wanda'));
  await writeFacts(client, 1, farm.facts);
  expect((await loadFarm(client, 'again', farm.now)).state.workers.get('wanda')?.framesDone).toBe(2);
  farm.written.length = 0;
  farm.done(farm.lease('wanda'));
  await writeFacts(client, 2, farm.facts);
  expect((await loadFarm(client, 'again', farm.now)).state.workers.get('wanda')?.framesDone).toBe(3);
});

test('NUL and broken characters in what people and Blender write do not stop the farm', async () => {
  const client = await emptyFarm();
  const farm = new TestFarm();
  farm.frameServer();
  farm.hello('wanda', { version: '0.1\u0000.0' });
  farm.submit({ name: 'half \ud83d a smile', scene: { ...newJob().scene, blender: '3.4\u0000' } });
  farm.submit({ frames: '1' }, 'job-2');
  const attempt = { ...attemptOf(), problem: problem('render\u0000') };
  const lost: Fact = { kind: 'attempt', job: 'job-2', frame: 1, attempt, log: 'a\u0000b C:\\u0000 \udfff' };
  await writeFacts(client, 1, [...farm.facts, lost]);
  const { rows } = await client.query('select log, problem from attempt');
  expect(rows).toEqual([
    { log: 'a\ufffdb C:\\u0000 \ufffd', problem: { code: 'render\ufffd', says: expect.any(String) } },
  ]);
  const loaded = await loadFarm(client, 'again', farm.now);
  expect(loaded.state.jobs.get('job-1')?.name).toBe('half \ufffd a smile');
});

test('what PostgreSQL takes as it is stays as it is', () => {
  const rows = [{ name: 'snow ☃ 😀 \\u0000 "quoted" \n', list: [null, 1.5, true] }];
  expect(JSON.parse(toJsonb(rows))).toEqual(rows);
  expect(JSON.parse(toJsonb([{ name: 'snow ☃ 😀 \u0000' }]))).toEqual([{ name: 'snow ☃ 😀 \ufffd' }]);
});

test('a job and a worker that are deleted and come again in the same group are there', async () => {
  const client = await emptyFarm();
  const farm = TestFarm.rendering('1-2');
  farm.fail('wanda', farm.lease('wanda'), 1);
  await writeFacts(client, 1, farm.facts);
  farm.written.length = 0;
  farm.say({ kind: 'delete', job: 'job-1' });
  farm.say({ kind: 'remove-worker', worker: 'wanda' });
  farm.submit({ name: 'Again' });
  farm.hello('wanda');
  await writeFacts(client, 2, farm.facts);
  const { state } = await loadFarm(client, 'again', farm.now);
  expect(state.jobs.get('job-1')?.name).toBe('Again');
  expect(state.workers.has('wanda')).toBe(true);
  const { rows } = await client.query(
    'select (select count(*) from attempt) + (select count(*) from frame) as old',
  );
  expect(rows).toEqual([{ old: '0' }]);
});

test('a job that came and went in one group leaves nothing', async () => {
  const client = await emptyFarm();
  const farm = TestFarm.rendering('1-2');
  farm.fail('wanda', farm.lease('wanda'), 1);
  farm.lease('wanda');
  farm.say({ kind: 'delete', job: 'job-1' });
  await writeFacts(client, 1, farm.facts);
  for (const table of ['job', 'frame', 'attempt', 'lease']) {
    const { rows } = await client.query(`select count(*) from ${table}`);
    expect(rows).toEqual([{ count: '0' }]);
  }
  const { state } = await loadFarm(client, 'again', farm.now);
  expect([...(state.frameServers.get('frames-1')?.forget ?? [])]).toEqual(['job-1']);
});

test('a million frames are submitted with one small row', async () => {
  const client = await emptyFarm();
  const farm = TestFarm.rendering('1-1000000');
  await writeFacts(client, 1, farm.facts);
  const { rows } = await client.query(
    'select (select count(*) from frame) as frames, length(head::text) as bytes from job',
  );
  expect(rows[0].frames).toBe('0');
  expect(rows[0].bytes).toBeLessThan(4000);
  const { state } = await loadFarm(client, 'again', farm.now);
  expect(state.jobs.get('job-1')?.board?.counts()).toMatchObject({ total: 1_000_000, waiting: 1_000_000 });
});

test('the manifests that are used are those of all jobs, ended ones too, and of all builds', async () => {
  const client = await emptyFarm();
  const farm = TestFarm.rendering('1-3');
  farm.done(farm.lease('wanda'));
  await writeFacts(client, 1, farm.facts);
  const build = { version: '4.2.1', platform: 'linux-x64', manifest: `sha256:${'b'.repeat(64)}` };
  await client.query('insert into build (version, platform, build) values ($1, $2, $3)', [
    ...[build.version, build.platform, build],
  ]);
  expect((await readManifests(client)).sort()).toEqual([farm.job().scene.manifest, build.manifest].sort());
});
