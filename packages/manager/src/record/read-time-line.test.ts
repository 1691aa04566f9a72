import { TimeLineQuery } from '@akashganga/protocol';
import type pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { newJob, TestFarm } from '../schedule/farm.fixture.ts';
import { TestPostgres } from './database.fixture.ts';
import { readFrameTimes, readTimeLine } from './read-time-line.ts';
import { writeFacts } from './write-facts.ts';

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await TestPostgres.start();
}, 60_000);
afterEach(() => postgres.closeClients());
afterAll(() => postgres?.close(), 30_000);

const START = 1_790_000_000_000;

async function jobInDatabase(): Promise<pg.Client> {
  const client = await postgres.connect(await postgres.farm());
  const farm = new TestFarm();
  farm.say({ kind: 'submit', id: 'job-1', job: newJob() });
  await writeFacts(client, 1, farm.facts);
  return client;
}

/** Frames 1 … n one after the other on each of some workers, `seconds` each. */
async function rendered(client: pg.Client, frames: number, workers: number, seconds: number): Promise<void> {
  await client.query(
    `insert into frame (job, frame, state, failures, worker, seconds, memory, at)
     select 'job-1', n, 'done', 0, 'worker-' || (n % $2::integer), $3::double precision, n * 1000,
       ($4::bigint + ((n - 1) / $2::integer + 1) * $3::double precision * 1000)::bigint
     from generate_series(1, $1::integer) n`,
    [frames, workers, seconds, START],
  );
}

async function failed(client: pg.Client, frame: number, outcome: 'failed' | 'lost', at: number) {
  await client.query(
    `insert into attempt (job, frame, at, worker, seconds, outcome, log) values ('job-1', $1, $2, 'worker-0', 2, $3, '')`,
    [frame, START + at, outcome],
  );
}

const query = (wish: object = {}) => TimeLineQuery.parse(wish);

test('a few attempts are told one by one, with those that failed, and what all took', async () => {
  const client = await jobInDatabase();
  await rendered(client, 6, 2, 10);
  await failed(client, 3, 'failed', 4000);
  await failed(client, 5, 'lost', 25_000);
  const line = await readTimeLine(client as never, 'job-1', query());
  expect(line).toMatchObject({
    ...{ first: START, last: START + 30_000, from: START, to: START + 30_000 },
    spent: {
      done: { attempts: 6, seconds: 60 },
      failed: { attempts: 1, seconds: 2 },
      lost: { attempts: 1, seconds: 2 },
    },
    ...{ workersInAll: 2, inColumns: false, next: null },
  });
  expect(line.workers.map(({ worker, pieces }) => [worker, pieces.length])).toEqual([
    ['worker-0', 5],
    ['worker-1', 3],
  ]);
  expect(line.workers[0]?.pieces[1]).toEqual({
    ...{ frame: 3, began: START + 2000, ended: START + 4000, outcome: 'failed' },
  });
  const part = await readTimeLine(
    client as never,
    'job-1',
    query({ from: START + 21_000, to: START + 22_000 }),
  );
  expect(part.workers.map(({ pieces }) => pieces.map(({ frame }) => frame))).toEqual([[6], [5]]);
});

test('of many attempts the columns hold every second and every attempt, each once', async () => {
  const client = await jobInDatabase();
  await rendered(client, 8000, 4, 0.3);
  await failed(client, 3, 'failed', 4000);
  const line = await readTimeLine(client as never, 'job-1', query({ columns: 37 }));
  expect(line.inColumns).toBe(true);
  const columns = line.workers.flatMap((worker) => worker.columns);
  const sum = (pick: (column: (typeof columns)[number]) => number) =>
    columns.reduce((all, column) => all + pick(column), 0);
  expect([sum(({ done }) => done), sum(({ failed }) => failed)]).toEqual([8000, 1]);
  expect(sum(({ busy }) => busy)).toBeCloseTo(8000 * 0.3 + 2, 3);
  expect(Math.max(...columns.map(({ column }) => column))).toBe(36);
});

test('workers come page after page, each once, and a window of a millisecond far away is no fault', async () => {
  const client = await jobInDatabase();
  await rendered(client, 5000, 25, 1);
  const seen: (string | null)[] = [];
  let after: string | undefined;
  for (let more = true; more; ) {
    const line = await readTimeLine(client as never, 'job-1', query({ workers: 10, after }));
    seen.push(...line.workers.map(({ worker }) => worker));
    after = line.next ?? undefined;
    more = line.next !== null;
  }
  expect([seen.length, new Set(seen).size]).toEqual([25, 25]);
  const edges = [
    { from: 0, to: 1 },
    { from: 0, to: Number.MAX_SAFE_INTEGER },
    { from: START + 5000, to: START, columns: 400 },
    { from: Number.MAX_SAFE_INTEGER, to: Number.MAX_SAFE_INTEGER },
    { from: START + 100_000, to: START + 100_001, columns: 400, workers: 200 },
  ];
  for (const edge of edges)
    expect((await readTimeLine(client as never, 'job-1', query(edge))).workers.length).toBeGreaterThan(0);
});

test('a job of which nothing ended has a time line without a beginning', async () => {
  const client = await jobInDatabase();
  expect(await readTimeLine(client as never, 'job-1', query())).toMatchObject({
    ...{ first: null, last: null, workers: [], workersInAll: 0, next: null },
  });
});

test('what frames took is told for neighbours together, and nothing is left out', async () => {
  const client = await jobInDatabase();
  await rendered(client, 1000, 4, 0.5);
  const times = await readFrameTimes(client as never, 'job-1', { first: 1, last: 1000, columns: 240 });
  expect(times.each).toBe(5);
  expect(times.columns.reduce((sum, column) => sum + column.frames, 0)).toBe(1000);
  expect(times.columns[199]).toMatchObject({ first: 996, frames: 5, mean: 0.5, memory: 1_000_000 });
});
