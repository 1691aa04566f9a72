import type { WorkReply } from '@akashganga/protocol';
import { hashBytes } from '@akashganga/storage';
import { leaseReader } from '@akashganga/trust';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { probeReport, workerHello } from '../schedule/farm.fixture.ts';
import { Caller, TestServer } from './http.fixture.ts';
import { jobOf, sendBlobs, smallScene } from './scene.fixture.ts';

let server: TestServer;
let worker: Caller;
let probe = '';
const mine = smallScene('a scene for this worker');
const other = smallScene('a scene of somebody else');

beforeAll(async () => {
  server = await TestServer.manager();
  const frames = { id: 'frames-1', boot: 'frames-1-boot1', name: 'frames', url: null, port: 8082 };
  await server.post('/frame-servers', { ...frames, containers: [], freeBytes: null, version: '0.1.0' });
  worker = await Caller.joined(server, 'worker');
  const hello = { ...workerHello(worker.id), tags: ['mine'] };
  expect((await worker.ask('POST', '/workers', JSON.stringify(hello))).status).toBe(200);
  for (const small of [mine, other]) await sendBlobs(server, small.blobs);
  await server.post('/jobs', jobOf(other, { id: 'job-other', tags: ['nobody'] }));
}, 60_000);
afterAll(async () => {
  await worker?.close();
  await server?.close();
}, 30_000);

const statusOf = async (blob: Buffer | undefined) =>
  (await worker.ask('GET', `/blobs/${hashBytes(blob ?? Buffer.alloc(0))}`)).status;

/** Which of the blobs the worker is told where to fetch. */
async function offered(blobs: readonly Buffer[]): Promise<number> {
  const body = {
    ...{ worker: worker.id, boot: `${worker.id}-boot1`, port: null, most: 10, has: [], gone: [], avoid: [] },
    wants: blobs.map((blob) => hashBytes(blob)),
  };
  const reply = await worker.json<{ sources: unknown[] }>('POST', '/blobs/sources', body);
  return reply.sources.length;
}

test('a worker without a lease is given no blob at all, and none is taken from it', async () => {
  for (const blob of [...mine.blobs, ...other.blobs]) expect(await statusOf(blob)).toBe(403);
  const kept = { code: 'access.forbidden' };
  expect(await worker.ask('PUT', `/blobs/${hashBytes(Buffer.from('x'))}`, 'x')).toMatchObject(kept);
  expect(await offered([...mine.blobs, ...other.blobs])).toBe(0);
});

test('a worker is given the blobs of its leases and no others, and a pass for its own frames', async () => {
  await server.post('/jobs', jobOf(mine, { id: 'job-mine', tags: ['mine'], frames: '1-5' }));
  const ask = { boot: `${worker.id}-boot1`, holding: [], want: 1, idle: 1 };
  const { leases } = await worker.json<WorkReply>('POST', `/workers/${worker.id}/work`, ask);
  expect(leases).toMatchObject([{ job: 'job-mine', kind: 'probe', pass: '' }]);
  probe = leases[0]?.id ?? '';
  for (const blob of mine.blobs) expect(await statusOf(blob)).toBe(200);
  for (const blob of other.blobs) expect(await statusOf(blob)).toBe(403);
  expect(await offered([...mine.blobs, ...other.blobs])).toBe(2);
  // The sound of the scene it examines.
  expect((await worker.ask('PUT', `/blobs/${hashBytes(Buffer.from('x'))}`, 'x')).status).toBe(200);
});

test('a manager that was started anew still knows what a worker may have', async () => {
  await server.stop();
  const { authority } = server;
  server = await TestServer.manager(server.folder, server.trust);
  expect(server.authority).toBe(authority);
  worker = worker.at(server);
  for (const blob of mine.blobs) expect(await statusOf(blob)).toBe(200);
  for (const blob of other.blobs) expect(await statusOf(blob)).toBe(403);
}, 60_000);

test('a lease to render comes with a pass that the authority signed for this worker and these frames', async () => {
  const boot = `${worker.id}-boot1`;
  const update = { seq: 1, kind: 'probed', lease: probe, report: probeReport() };
  await worker.json('POST', `/workers/${worker.id}/updates`, { boot, updates: [update] });
  const ask = { boot, holding: [], want: 1, idle: 1 };
  const { leases } = await worker.json<WorkReply>('POST', `/workers/${worker.id}/work`, ask);
  expect(leases.map(({ kind }) => kind)).toEqual(['render']);
  const read = leaseReader(server.authority);
  for (const { id, frames, pass } of leases)
    expect(read(pass)).toEqual({ lease: id, job: 'job-mine', worker: worker.id, frames });
});
