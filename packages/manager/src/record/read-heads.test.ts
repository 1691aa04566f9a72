import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { listJobs } from '../jobs/list-jobs.ts';
import { newJob, TestFarm } from '../schedule/farm.fixture.ts';
import { TestPostgres } from './database.fixture.ts';
import { writeFacts } from './write-facts.ts';

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await TestPostgres.start();
}, 60_000);
afterEach(() => postgres.closeClients());
afterAll(() => postgres?.close(), 30_000);

test('page after page every job comes once, also when many were submitted in the same millisecond', async () => {
  const client = await postgres.connect(await postgres.farm());
  const farm = new TestFarm();
  const ids: string[] = [];
  for (let number = 0; number < 40; number += 1) {
    if (number % 7 === 0) farm.later(1);
    ids.push(`job-${number}`);
    farm.say({ kind: 'submit', id: `job-${number}`, job: newJob() });
  }
  await writeFacts(client, 1, farm.facts);
  const seen: string[] = [];
  let before: number | undefined;
  for (let more = true; more; ) {
    const page = await listJobs({ state: farm.state } as never, client as never, { limit: 5, before });
    seen.push(...page.jobs.map((job) => job.id));
    before = page.jobs.at(-1)?.createdAt;
    more = page.more;
  }
  expect(seen.toSorted()).toEqual(ids.toSorted());
});
