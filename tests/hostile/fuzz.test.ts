import { readFile } from 'node:fs/promises';
import {
  API_PREFIX,
  accessRoutes,
  blobRoutes,
  deliveryRoutes,
  farmRoutes,
  type Role,
  readJoinCode,
  rightsOf,
  workerRoutes,
} from '@akashganga/protocol';
import { OpenAPIHono } from '@hono/zod-openapi';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Command } from '../farm/processes/command.ts';
import { writeFakeScene } from '../farm/processes/scenes.ts';
import { fakeEnvironment, TestFarm } from '../farm/processes/test-farm.ts';
import { TestFolder } from '../farm/processes/test-folder.ts';
import { Callers, type Place } from './fuzz/callers.ts';
import { firstBodies } from './fuzz/first-bodies.ts';
import { type Asked, FuzzRun } from './fuzz/fuzz-run.ts';
import { KnownValues } from './fuzz/known-values.ts';
import { readAll } from './fuzz/read-all.ts';
import { type Document, type Operation, operationsOf } from './fuzz/read-document.ts';
import { requests } from './fuzz/requests.ts';
import { ValuesFor } from './fuzz/values-for.ts';

// More by hand: AKASHGANGA_TEST_REQUESTS=100000 npx vitest run --project farm tests/hostile/fuzz.test.ts
// Of the same kinds again: AKASHGANGA_TEST_SEED=…; ids are the farm's own and differ.
const most = Number(process.env.AKASHGANGA_TEST_REQUESTS ?? 3000);
const seed = Number(process.env.AKASHGANGA_TEST_SEED ?? Math.floor(Math.random() * 2 ** 31));

test(
  'no request, of whomever and whatever is in it, makes a fault, and all that was stored can be read back',
  async () => {
    console.log(`  ${most} requests with seed ${seed}`);
    await using folder = await TestFolder.make();
    await using farm = await startFarm(folder);
    const authority = await readFile(folder.join('manager', 'trust', 'farm.crt'), 'utf8');
    await using callers = await Callers.of(farm.client, authority, farm.key);
    const known = new KnownValues(callers.ids);
    const frameServer = await teach(known, farm, folder, callers);
    const run = new FuzzRun(farm, callers, known);
    const manager = { at: `127.0.0.1:${farm.port}`, shows: 'manager' } as const;
    const managers = asked(manager, await managersDocument(farm), known, callers);
    const frameServers = asked(frameServer, frameServersDocument(), known, callers);
    await run.ask(
      fc.oneof({ weight: 4, arbitrary: managers }, { weight: 1, arbitrary: frameServers }),
      most,
      seed,
    );
    // A frame server that was made up may have been given its jobs: asked kindly it would wait for that one for good.
    await farm.role('worker-1').kill();
    console.log(`  answered: ${JSON.stringify(Object.fromEntries([...run.counts].sort()))}`);
    console.log(`  megabytes of manager and frame server: ${run.memory.join(', ')}`);
    expect([...run.faults.values()].join('\n\n'), await seriousLines(folder)).toBe('');
    const before = await readAll(farm.client);
    const stored = Object.entries(before).map(([name, all]) => `${Object.keys(all).length} ${name}`);
    console.log(`  stored: ${stored.join(', ')}`);
    await farm.role('manager').stop();
    await farm.startManager();
    const after = await readAll(farm.client);
    for (const name of ['tokens', 'members', 'joinCodes', 'builds', 'changes'] as const)
      expect(after[name], name).toEqual(before[name]);
    expect(after.limits.map(({ name, most }) => [name, most])).toEqual(
      before.limits.map(({ name, most }) => [name, most]),
    );
    // A lease of a made-up worker may end between the two.
    for (const [index, { name, inUse }] of after.limits.entries())
      expect(inUse, name).toBeLessThanOrEqual(before.limits[index]?.inUse ?? 0);
    expect(after.jobs.map((job) => job.id)).toEqual(before.jobs.map((job) => job.id));
    expect(Object.keys(after.frames)).toEqual(Object.keys(before.frames));
  },
  120_000 + most * 20,
);

async function startFarm(folder: TestFolder): Promise<TestFarm> {
  // What keeps something of each request ends a manager that may have so little memory.
  const environment = { ...fakeEnvironment(folder), NODE_OPTIONS: '--max-old-space-size=512' };
  const farm = await TestFarm.start(folder, { environment, workers: 0, frames: false });
  // Beside the manager, so that the frame server takes both certificates and the farm's key.
  const beside = ['--data', farm.data('manager'), '--json'];
  const frames = new Command(['frames', '--port', '0', '--host', '127.0.0.1', ...beside], environment);
  farm.roles.set('frames', frames);
  await frames.event('ready');
  await farm.startWorker('worker-1');
  return farm;
}

/** What requests need to get further than by chance: a job that is done, names, and a body for each route. */
async function teach(
  known: KnownValues,
  farm: TestFarm,
  folder: TestFolder,
  callers: Callers,
): Promise<Place> {
  const job = await farm.ended(await farm.submit(await writeFakeScene(folder, { frameEnd: 3 })));
  expect(job.state).toBe('completed');
  const { frameServers } = await farm.client.call(farmRoutes.summary, {});
  known.learn('jobs', [job, ...(await farm.frames(job.id))]);
  known.learn('workers', (await farm.client.call(workerRoutes.list, {})).workers);
  known.learn('frame-servers', frameServers);
  known.add('frames', '1-3', '1-20x2', '7', null);
  known.add('frame', 1, 2, 3);
  known.add('piece', 0);
  known.add('sprite', 0);
  known.add('manifest', job.scene.manifest);
  const [worker, frames] = [callers.memberId('worker'), callers.memberId('frames')];
  for (let times = 0; times < 4; times++) {
    known.add('worker', worker);
    known.add('frameServer', frames);
  }
  const { code } = await farm.client.call(accessRoutes.joinCode, { body: { uses: 10_000 } });
  for (const [route, body] of firstBodies(job, worker, frames, readJoinCode(code).secret))
    known.add(route, body);
  return { at: `127.0.0.1:${frameServers[0]?.port}`, shows: 'frames' };
}

function asked(place: Place, document: Document, known: KnownValues, callers: Callers): fc.Arbitrary<Asked> {
  const values = new ValuesFor(document.components?.schemas ?? {}, known);
  const rolesFor = (operation: Operation) => rolesAt(place, operation, callers.roles);
  const all = requests({ operations: operationsOf(document), values, known, rolesFor });
  return all.map((request) => ({ place, request }));
}

/** Those that may, several times, and everybody once. */
function rolesAt({ shows }: Place, { method, path }: Operation, roles: readonly string[]): string[] {
  if (shows === 'frames') return ['owner', 'owner', 'owner', 'worker', ...roles];
  const rights = rightsOf(method, path);
  const may = roles.filter((role) => rights === 'open' || rights?.[role as Role]);
  return [...may, ...may, ...may, ...may, ...roles];
}

async function managersDocument(farm: TestFarm): Promise<Document> {
  const reply = await fetch(`${farm.url}${API_PREFIX}/openapi.json`);
  return (await reply.json()) as Document;
}

/** The frame server shows no document; its routes are described all the same. */
function frameServersDocument(): Document {
  const app = new OpenAPIHono();
  const routes = [...Object.values(deliveryRoutes), blobRoutes.put, blobRoutes.missing];
  for (const { route } of routes) app.openAPIRegistry.registerPath(route);
  const document: unknown = app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: { title: 'frames', version: '1' },
  });
  return document as Document;
}

/** What the roles called an error, to be shown beside a fault. */
async function seriousLines(folder: TestFolder): Promise<string> {
  const logs = ['manager', 'frames'].map((role) =>
    readFile(folder.join('manager', 'logs', `${role}.log`), 'utf8'),
  );
  const lines = (await Promise.all(logs)).flatMap((text) => text.split('\n'));
  const serious = lines.filter(
    (line) => /"level":[56]0/.test(line) && !line.includes('farm.no-frame-server'),
  );
  return serious.map((line) => line.slice(0, 1500)).join('\n');
}
