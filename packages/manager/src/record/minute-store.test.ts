import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { TestPostgres } from './database.fixture.ts';
import { minuteStore } from './minute-store.ts';

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await TestPostgres.start();
}, 60_000);
afterEach(() => postgres.closeClients());
afterAll(() => postgres?.close(), 30_000);

test('minutes are added up, come back in order, and old ones are deleted', async () => {
  const store = minuteStore(await postgres.connect(await postgres.farm()));
  const large = 5_000_000_000;
  await store.add({ at: 120_000, frames: 3, bytes: large, busy: 1.5, slots: 2 });
  await store.add({ at: 60_000, frames: 1, bytes: 10, busy: 0, slots: 2 });
  await store.add({ at: 120_000, frames: 2, bytes: 1, busy: 0.5, slots: 1 });
  expect(await store.since(60_000)).toEqual([
    { at: 60_000, frames: 1, bytes: 10, busy: 0, slots: 2 },
    { at: 120_000, frames: 5, bytes: large + 1, busy: 0.5, slots: 1 },
  ]);
  await store.deleteBefore(120_000);
  expect((await store.since(0)).map(({ at }) => at)).toEqual([120_000]);
});
