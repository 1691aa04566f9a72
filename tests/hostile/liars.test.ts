import type { FarmClient } from '@akashganga/client';
import {
  accessRoutes,
  deliveryRoutes,
  type FarmError,
  farmRoutes,
  fillPath,
  frameHeaders,
  frameServerRoutes,
  type GatherReport,
  type Job,
  type Lease,
  type SlotReport,
  type WorkerUpdate,
  workerRoutes,
} from '@akashganga/protocol';
import { hashBytes } from '@akashganga/storage';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fakeDigest } from '../farm/processes/look-at-film.ts';
import { writeFakeScene } from '../farm/processes/scenes.ts';
import { TestFarm } from '../farm/processes/test-farm.ts';
import { TestFolder } from '../farm/processes/test-folder.ts';
import { Liar } from './joined.ts';

// Members of the farm with certificates that are right, who say what is not so. Their job is done by others, and right.
const FRAMES = 16;
const [WIDTH, HEIGHT] = [64, 36];
const WRONG = `sha256:${'0'.repeat(64)}`;
const PROBLEM = { code: 'scene.unreadable', says: 'It is not so.' };

let folder: TestFolder;
beforeEach(async () => {
  folder = await TestFolder.make();
});
afterEach(() => folder[Symbol.asyncDispose]());

async function submit(farm: TestFarm): Promise<string> {
  const scene = { width: WIDTH, height: HEIGHT, frameEnd: FRAMES, secondsPerFrame: 0.4 };
  return farm.submit(await writeFakeScene(folder, scene), ['--chunk', '2']);
}

async function expectRight(farm: TestFarm, id: string): Promise<void> {
  const job = await farm.ended(id, 120);
  expect(job).toMatchObject({ state: 'completed', problem: null, frames: { total: FRAMES, done: FRAMES } });
  expect(job.film).toMatchObject({ state: 'done', frames: FRAMES });
  const wrong = (await farm.frames(id)).filter((one) => one.digest !== fakeDigest(WIDTH, HEIGHT, one.frame));
  expect(wrong).toEqual([]);
}

/** The code of the problem that it is answered with, or `taken`. */
async function answer(asked: Promise<unknown>): Promise<string> {
  return asked.then(
    () => 'taken',
    (error: FarmError) => error.code,
  );
}

const hasDone = (count: number) => (job: Job) => job.frames.done >= count;

/** What the honest worker renders now. */
async function slotOf(farm: TestFarm): Promise<SlotReport & { worker: string; lease: string }> {
  let found: (SlotReport & { worker: string; lease: string }) | null = null;
  await expect
    .poll(async () => {
      const { workers } = await farm.client.call(workerRoutes.list, {});
      for (const { id, slotReports } of workers)
        for (const slot of slotReports) if (slot.lease) found = { ...slot, worker: id, lease: slot.lease };
      return found;
    })
    .not.toBeNull();
  if (!found) throw new Error('nobody renders');
  return found;
}

function helloOf({ id, boot }: Liar) {
  return {
    ...{ id, boot, name: 'liar', platform: 'linux-x64', cores: 4, memory: 8e9, slots: 1, version: '0.1.0' },
    blenders: [{ version: '3.4.1', path: '/usr/bin/blender' }],
  };
}

/** What somebody who can guess the lease of another says of it, and of one that nobody has. */
function liesAbout(job: string, lease: string, report: NonNullable<Job['probe']>): WorkerUpdate[] {
  return [lease, 'lease-of-nobody']
    .flatMap((one): object[] => [
      { kind: 'probed', lease: one, report: { ...report, frameEnd: 3 } },
      { kind: 'probe-failed', lease: one, problem: PROBLEM },
      {
        ...{ kind: 'frame-failed', lease: one, job, frame: FRAMES, problem: PROBLEM },
        ...{ seconds: 1, memory: 1, log: 'x' },
      },
      { kind: 'lease-returned', lease: one, frames: null },
      { kind: 'kept-frames', job, frames: `1-${FRAMES}` },
    ])
    .map((said, at) => ({ ...said, seq: at + 1 }) as WorkerUpdate);
}

test('a worker speaks for itself and of its own leases, whatever it says, and thousands of lies disturb nobody', async () => {
  await using farm = await TestFarm.start(folder, { workers: 1 });
  const id = await submit(farm);
  const job = await farm.until(id, hasDone(1));
  await using liar = await Liar.of(farm, 'worker');
  const { client, boot } = liar;
  await client.call(workerRoutes.hello, { body: helloOf(liar) });
  const slot = await slotOf(farm);

  const updates = liesAbout(id, slot.lease, job.probe!);
  const inItsName = { params: { worker: slot.worker } };
  const [own, empty] = [{ params: { worker: liar.id } }, { boot, holding: [], want: 1, idle: 1 }];
  const slots = [{ ...slot, slot: 0, state: 'rendering' as const, frame: FRAMES }];
  for (const asked of [
    () => client.call(workerRoutes.hello, { body: { ...helloOf(liar), id: slot.worker } }),
    () => client.call(workerRoutes.heartbeat, { ...inItsName, body: { boot, slots } }),
    () => client.call(workerRoutes.updates, { ...inItsName, body: { boot, updates } }),
    () => client.call(workerRoutes.work, { ...inItsName, body: empty }),
  ])
    expect(await answer(asked())).toBe('access.forbidden');

  const delivering = [{ job: id, lease: slot.lease, frame: FRAMES }];
  await client.call(workerRoutes.updates, { ...own, body: { boot, updates } });
  await client.call(workerRoutes.heartbeat, { ...own, body: { boot, slots, delivering } });
  const after = await farm.job(id);
  expect(after).toMatchObject({ state: 'active', problem: null, frames: { total: FRAMES, failed: 0 } });
  expect((await farm.frames(id)).at(-1)?.state).toBe('waiting');

  // It sends as many as it can for as long as the farm works.
  const flood = { boot, updates: Array.from({ length: 1000 }, () => updates[0]!) };
  const answers = new Map<string, number>();
  const floods = Array.from({ length: 16 }, async (_, lane) => {
    for (let round = 0; round < 20; round += 1) {
      const sent =
        lane % 4 === 0
          ? client.call(workerRoutes.updates, { ...own, body: flood })
          : client.call(workerRoutes.heartbeat, { ...own, body: { boot, slots, delivering } });
      const said = await answer(sent);
      answers.set(said, (answers.get(said) ?? 0) + 1);
      expect((await farm.client.call(farmRoutes.summary, {})).jobs).toBeDefined();
    }
  });
  await Promise.all(floods);
  expect([...answers.keys()].filter((code) => code !== 'taken' && code !== 'caller.too-often')).toEqual([]);
  await expectRight(farm, id);
});

/** Delivers, with what a lease gives one to say and lies beside it. */
async function deliver(
  frames: FarmClient,
  lease: Lease,
  lie: { job?: string; frame?: number; body?: Buffer; headers?: Record<string, string>; what?: string },
): Promise<string> {
  const { job = lease.job, frame = Number.parseInt(lease.frames ?? '', 10), what = '' } = lie;
  const body = lie.body ?? Buffer.from('no picture');
  const headers = {
    [frameHeaders.digest]: hashBytes(body),
    [frameHeaders.extension]: '.png',
    [frameHeaders.lease]: lease.id,
    [frameHeaders.pass]: lease.pass,
    ...lie.headers,
  };
  const path = fillPath(deliveryRoutes.deliver.route.path, { job, frame }) + what;
  return answer(frames.send({ method: 'PUT', path, headers, body }).then((reply) => reply.body.dump()));
}

test('a worker delivers frames of its lease as they are, or nothing; what it holds and never sends is rendered by others', async () => {
  await using farm = await TestFarm.start(folder, { workers: 1 });
  const id = await submit(farm);
  await farm.until(id, hasDone(1));
  const slot = await slotOf(farm);
  await using liar = await Liar.of(farm, 'worker');
  const { client, boot } = liar;
  await client.call(workerRoutes.hello, { body: helloOf(liar) });
  const holding = [{ lease: slot.lease, left: 1 }];
  const own = { params: { worker: liar.id } };
  const reply = await client.call(workerRoutes.work, { ...own, body: { boot, holding, want: 1, idle: 1 } });
  // That of the other is not its own, although it says that it holds it.
  expect(reply.ended).toEqual([slot.lease]);
  const lease =
    reply.leases[0] ??
    (await client.call(workerRoutes.work, { ...own, body: { boot, holding: [], want: 1, idle: 1 } }))
      .leases[0];
  if (!lease?.frameServer) throw new Error('it was given nothing to render');
  await using frames = liar.to(lease.frameServer);
  const wrongPng = Buffer.from('\x89PNG\r\n\x1a\n and no more', 'latin1');
  expect(await deliver(frames, lease, { headers: { [frameHeaders.digest]: WRONG } })).toBe(
    'blob.wrong-digest',
  );
  expect(await deliver(frames, lease, {})).toBe('render.bad-file');
  expect(await deliver(frames, lease, { body: wrongPng })).toBe('render.bad-file');
  for (const lie of [
    { frame: 1 },
    { frame: FRAMES + 1 },
    { job: 'job-of-another' },
    { headers: { [frameHeaders.lease]: slot.lease } },
    { headers: { [frameHeaders.worker]: slot.worker } },
    { headers: { [frameHeaders.replace]: '1' } },
    { headers: { [frameHeaders.pass]: `${lease.pass.slice(0, -4)}AAAA` } },
    { frame: 1, what: '/log' },
    { frame: 1, what: '/outputs' },
  ])
    expect(await deliver(frames, lease, lie), JSON.stringify(lie)).toBe('access.forbidden');
  // What it could leave there without a lease, and read there with one.
  const leaves = { method: 'PUT', path: `/api/v1/blobs/${hashBytes(wrongPng)}`, body: wrongPng };
  expect(await answer(frames.send(leaves))).toBe('access.forbidden');
  for (const what of ['frames/1/image', 'frames/1/log', 'zip']) {
    const reads = { method: 'GET', path: `/api/v1/jobs/${id}/${what}` };
    const headers = { [frameHeaders.pass]: lease.pass };
    expect(await answer(frames.send({ ...reads, headers })), what).toBe('access.forbidden');
  }
  const beats = setInterval(() => {
    const slots = [{ ...slot, slot: 0, lease: lease.id, state: 'rendering' as const }];
    client.call(workerRoutes.heartbeat, { ...own, body: { boot, slots } }).catch(() => undefined);
  }, 1000);
  await using _ = { [Symbol.asyncDispose]: async () => clearInterval(beats) };
  // As soon as the owner has enough of it, its frames are those of others.
  await farm.until(id, hasDone(FRAMES - 2), 60);
  await farm.client.call(accessRoutes.revokeMember, { params: { id: liar.id } });
  await expectRight(farm, id);
  expect(await answer(client.call(farmRoutes.summary, {}))).toBe('access.revoked');
});

const frameReport = (job: string, frame: number, lease: string | null = null): GatherReport => ({
  ...{ kind: 'frame', job, frame, lease, digest: WRONG, size: 100 },
  ...{ worker: null, seconds: 0.001, memory: 1 },
});

function liesOfFrames(job: string, lease: string | null): GatherReport[] {
  const frames = Array.from({ length: FRAMES }, (_, at) => frameReport(job, at + 1, lease));
  return [
    ...frames,
    { kind: 'film', job, container: 'mp4', digest: WRONG, size: 100, frames: FRAMES },
    { kind: 'film-failed', job, problem: PROBLEM },
    { kind: 'forgotten', job },
    frameReport('job-of-nobody', 1),
  ];
}

const frameServerHello = ({ id, boot }: Liar) => ({
  ...{ id, boot, name: 'liar', url: null, port: 9, containers: ['mp4' as const], freeBytes: 1e12 },
  version: '0.1.0',
});

test('a frame server says nothing of the jobs of another one, and is given nothing of theirs', async () => {
  await using farm = await TestFarm.start(folder, { workers: 1 });
  const id = await submit(farm);
  await farm.until(id, hasDone(1));
  const slot = await slotOf(farm);
  await using liar = await Liar.of(farm, 'frames');
  const { client, boot } = liar;
  await client.call(frameServerRoutes.hello, { body: frameServerHello(liar) });
  const { frameServers } = await farm.client.call(farmRoutes.summary, {});
  const honest = frameServers.find((one) => one.id !== liar.id)!;
  const inItsName = { params: { frameServer: honest.id } };
  const reports = liesOfFrames(id, slot.lease);
  const { manifest } = (await farm.job(id)).scene;
  for (const asked of [
    () => client.call(frameServerRoutes.hello, { body: { ...frameServerHello(liar), id: honest.id } }),
    () => client.call(frameServerRoutes.work, { ...inItsName, body: { boot, encoding: [], freeBytes: 1 } }),
    () => client.call(frameServerRoutes.reports, { ...inItsName, body: { boot, reports } }),
    () => client.send({ method: 'GET', path: `/api/v1/blobs/${manifest}` }),
  ])
    expect(await answer(asked())).toBe('access.forbidden');
  // Frame servers deliver nothing to each other.
  await using frames = liar.to(honest.url!);
  const path = fillPath(deliveryRoutes.deliver.route.path, { job: id, frame: 1 });
  expect(await answer(frames.send({ method: 'PUT', path, body: 'x' }))).toBe('access.no-key');
  const own = { params: { frameServer: liar.id } };
  await client.call(frameServerRoutes.reports, { ...own, body: { boot, reports } });
  expect((await farm.job(id)).state).toBe('active');
  await expectRight(farm, id);
  // What it made up is to be deleted there, and that is all that is left of it.
  const body = { boot, encoding: [id], freeBytes: 1 };
  const orders = await client.call(frameServerRoutes.work, { ...own, body });
  expect(orders).toMatchObject({ encode: [], forget: ['job-of-nobody'] });
});

test('a job whose frame server lied is right when the owner has thrown that one out', async () => {
  await using farm = await TestFarm.start(folder, { workers: 1, frames: false });
  await using liar = await Liar.of(farm, 'frames');
  const { client, boot } = liar;
  const own = { params: { frameServer: liar.id } };
  await client.call(frameServerRoutes.hello, { body: frameServerHello(liar) });
  const id = await submit(farm);
  await farm.until(id, (job) => job.state === 'active');
  const film = liesOfFrames(id, null).filter((report) => report.kind.startsWith('film'));
  const reports = [frameReport(id, 3), frameReport(id, 4), frameReport(id, FRAMES + 1), ...film];
  await client.call(frameServerRoutes.reports, { ...own, body: { boot, reports } });
  // It has the job, so its word counts for frames; no film was ordered, and there is no such frame.
  const job = await farm.job(id);
  expect(job).toMatchObject({ state: 'active', frames: { total: FRAMES, done: 2 } });
  await farm.startFrames();
  const remove = () => farm.client.call(frameServerRoutes.remove, { params: { frameServer: liar.id } });
  await expect.poll(() => answer(remove())).toBe('taken');
  await farm.client.call(accessRoutes.revokeMember, { params: { id: liar.id } });
  await expectRight(farm, id);
});
