// Two managers on one database, behind an address that goes to whichever leads: what a take-over costs.
import { cp, mkdir } from 'node:fs/promises';
import type { Job } from '@akashganga/protocol';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { TestPostgres } from '../../packages/manager/src/record/database.fixture.ts';
import { BadLink } from './processes/bad-link.ts';
import type { Environment } from './processes/command.ts';
import { freePort } from './processes/free-port.ts';
import { countRenders, fakeDigest } from './processes/look-at-film.ts';
import { writeFakeScene } from './processes/scenes.ts';
import { fakeEnvironment, TestFarm } from './processes/test-farm.ts';
import { TestFolder } from './processes/test-folder.ts';

const FRAMES = 40;
const [WIDTH, HEIGHT] = [64, 36];
/** At the end of a job idle slots may render a frame that another has begun; there are two slots. */
const DOUBLES = 2;

let folder: TestFolder;
let postgres: TestPostgres;
let environment: Environment;
beforeEach(async () => {
  folder = await TestFolder.make();
  postgres = await TestPostgres.start();
  const {
    host = '',
    user = '',
    database = '',
  } = (await postgres.connect()) as unknown as {
    host: string;
    user: string;
    database: string;
  };
  environment = { DATABASE_URL: `postgres://${user}@/${database}?host=${encodeURIComponent(host)}` };
});
afterEach(async () => {
  await postgres.closeClients();
  await postgres.close();
  await folder[Symbol.asyncDispose]();
});

function lead(farm: TestFarm, name: string, port: number) {
  return farm.runManager(
    name,
    ['--host', '127.0.0.1', '--address', `https://127.0.0.1:${farm.port}`, '--port', String(port)],
    environment,
  );
}

const hasDone = (count: number) => (job: Job) => job.frames.done >= count;

test('a manager that stands by takes over when the first is killed: workers stay, nothing done is lost or rendered again', async () => {
  const ports = [await freePort(), await freePort()] as const;
  await using address = await BadLink.to(ports[0]);
  await using farm = new TestFarm(folder, fakeEnvironment(folder), address.port);
  await lead(farm, 'manager', ports[0]).event('ready');
  await farm.readKey();
  await farm.startFrames();
  await Promise.all(['worker-1', 'worker-2'].map((name) => farm.startWorker(name, ['--slots', '1'])));
  const scene = await writeFakeScene(folder, {
    ...{ width: WIDTH, height: HEIGHT, frameEnd: FRAMES, secondsPerFrame: 0.3 },
  });
  const id = await farm.submit(scene);

  // What the second one needs of the first one's disk, as the guide says.
  await mkdir(folder.join('manager-2/manager'), { recursive: true });
  for (const part of ['key', 'trust', 'manager/blobs'])
    await cp(folder.join('manager', part), folder.join('manager-2', part), { recursive: true });
  const second = lead(farm, 'manager-2', ports[1]);
  await farm.until(id, hasDone(8));
  expect(second.lines.map((line) => line.event)).not.toContain('ready');
  const done = await farm.doneFrames(id);

  await farm.role('manager').kill();
  address.target = ports[1];
  const killedAt = Date.now();
  await second.event('ready');
  console.log(
    `  a manager that stood by leads ${((Date.now() - killedAt) / 1000).toFixed(1)} s after the kill`,
  );
  // The first one comes back, and is the one that stands by now.
  const first = lead(farm, 'manager', ports[0]);

  const job = await farm.ended(id);
  expect(job).toMatchObject({ state: 'completed', problem: null, frames: { total: FRAMES, done: FRAMES } });
  const wrong = (await farm.frames(id)).filter((one) => one.digest !== fakeDigest(WIDTH, HEIGHT, one.frame));
  expect(wrong).toEqual([]);
  const renders = await countRenders(folder.join('rendered.log'));
  expect(done.filter((frame) => renders.get(frame) !== 1)).toEqual([]);
  expect([...renders.values()].reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(FRAMES + DOUBLES);
  expect(first.lines.map((line) => line.event)).not.toContain('ready');
  // The same workers go on with what comes next.
  const next = await farm.submit(scene);
  expect(await farm.ended(next)).toMatchObject({ state: 'completed' });
}, 180_000);
