import { type Frame, Job, Lease, Worker, type WorkerLoad, type WorkReply } from '@akashganga/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../record/database.fixture.ts';
import { probeReport, problem, storedFrame, workerHello } from '../schedule/farm.fixture.ts';
import { TestServer } from './http.fixture.ts';
import { submitScene } from './scene.fixture.ts';

let server: TestServer;
beforeAll(async () => {
  server = await TestServer.manager();
  const hello = { id: 'frames-1', boot: 'frames-1-boot1', name: 'frames', url: null, port: 8082 };
  await server.post('/frame-servers', { ...hello, containers: [], freeBytes: null, version: '0.1.0' });
}, 60_000);
afterAll(() => server?.close(), 30_000);

const nothing = { holding: [], want: 1, idle: 1 };

async function hello(id: string): Promise<void> {
  const shown = await server.post('/workers', workerHello(id, { tags: [id] }));
  expect(Worker.strict().parse(shown)).toEqual(shown);
}

const ask = (id: string, signal?: AbortSignal) =>
  server.json<WorkReply>(`/workers/${id}/work`, {
    ...{ method: 'POST', body: { boot: `${id}-boot1`, ...nothing } },
    ...(signal ? { signal } : {}),
  });

test('a request for work is answered the moment there is some', async () => {
  await hello('wanda');
  const asked = ask('wanda');
  let answered = 0;
  const done = asked.then((reply) => {
    answered = performance.now();
    return reply;
  });
  await new Promise((next) => setTimeout(next, 300));
  expect(answered).toBe(0);
  const submittedAt = performance.now();
  const job = await submitScene(server, { frames: '1-2', tags: ['wanda'] });
  const { leases } = await done;
  expect(leases).toMatchObject([{ kind: 'probe', job: job.id }]);
  expect(Lease.strict().parse(leases[0])).toEqual(leases[0]);
  expect(answered - submittedAt).toBeLessThan(1000);
});

test('a request whose caller went away is given up, and nothing is leased to nobody', async () => {
  await hello('walt');
  const gone = new AbortController();
  const asked = ask('walt', gone.signal).catch((error: unknown) => error);
  await new Promise((next) => setTimeout(next, 200));
  gone.abort();
  await asked;
  await new Promise((next) => setTimeout(next, 200));
  const job = await submitScene(server, { tags: ['walt'] });
  const shown = await server.json<Job>(`/jobs/${job.id}`);
  expect(shown.waitsFor).toBe('a free slot');
  expect((await ask('walt')).leases).toHaveLength(1);
});

test('a worker that nobody knows is told so, and one with another boot too', async () => {
  const body = { boot: 'nobody-boot1', ...nothing };
  expect(await server.problem('/workers/nobody/work', { method: 'POST', body })).toMatchObject({
    ...{ status: 404, code: 'worker.unknown' },
  });
  expect(await server.problem('/workers/walt/work', { method: 'POST', body })).toMatchObject({
    code: 'worker.unknown',
  });
  const beat = { boot: 'nobody-boot1', slots: [] };
  expect(await server.post('/workers/nobody/heartbeat', beat)).toEqual({ known: false });
});

test('a job goes from its probe over failures to done frames, and the farm can tell what happened', async () => {
  await hello('wilma');
  const job = await submitScene(server, { frames: '1-3', tags: ['wilma'], chunk: 3 });
  const [probe] = (await ask('wilma')).leases;
  const say = (...updates: object[]) =>
    server.post('/workers/wilma/updates', { boot: 'wilma-boot1', updates });
  await say({ kind: 'probed', seq: 1, lease: probe!.id, report: probeReport() });
  const [lease] = (await ask('wilma')).leases;
  expect(lease).toMatchObject({ kind: 'render', frames: '1-3', frameServer: 'http://127.0.0.1:8082' });
  const failed = { lease: lease!.id, job: job.id, frame: 2, problem: problem('render.crashed'), seconds: 1 };
  await say({ ...failed, kind: 'frame-failed', seq: 2, log: 'Error: \u0000 it burns' });
  const stored = (frame: number) => storedFrame(job.id, frame, { lease: lease!.id, worker: 'wilma' });
  const reports = { boot: 'frames-1-boot1', reports: [stored(1), stored(3)] };
  expect(await server.post('/frame-servers/frames-1/reports', reports)).toEqual({ accepted: 2 });

  const page = await server.json<{ frames: Frame[]; more: boolean }>(`/jobs/${job.id}/frames?from=2&limit=2`);
  expect(page.frames.map(({ frame, state, failures }) => [frame, state, failures])).toEqual([
    [2, 'waiting', 1],
    [3, 'done', 0],
  ]);
  const { attempts } = await server.json<{ attempts: object[] }>(`/jobs/${job.id}/frames/2`);
  expect(attempts).toMatchObject([
    { worker: 'wilma', outcome: 'failed', problem: { code: 'render.crashed' } },
  ]);
  const log = await (await server.fetch(`/jobs/${job.id}/log`)).text();
  expect(log).toMatch(/frame 2.*worker wilma[\s\S]*it burns/);
  expect(Job.strict().parse(await server.json(`/jobs/${job.id}`))).toMatchObject({
    frames: { done: 2, waiting: 1 },
  });
});

test('a worker is told where frames go, and drained and removed by people', async () => {
  await hello('wolf');
  const job = await submitScene(server, { tags: ['wolf'] });
  expect(await server.json(`/workers/wolf/deliver-to/${job.id}`)).toEqual({
    frameServer: 'http://127.0.0.1:8082',
  });
  expect(await server.post<Worker>('/workers/wolf/drain')).toMatchObject({ state: 'draining' });
  expect((await server.json<{ workers: Worker[] }>('/workers')).workers.map((one) => one.id)).toContain(
    'wolf',
  );
  expect(await server.json('/workers/wolf', { method: 'DELETE' })).toEqual({ deleted: true });
  expect(await server.problem('/workers/wolf')).toMatchObject({ status: 404 });
});

test('a manager that closes answers those who wait', async () => {
  const other = await TestServer.manager();
  try {
    await other.post('/workers', workerHello('wanda'));
    const asked = other.problem('/workers/wanda/work', {
      ...{ method: 'POST', body: { boot: 'wanda-boot1', ...nothing } },
    });
    let settled = false;
    asked.then(
      () => (settled = true),
      () => (settled = true),
    );
    await new Promise((next) => setTimeout(next, 200));
    await other.stop();
    await until(() => settled, 5, 'the answer');
  } finally {
    await other.close();
  }
}, 60_000);

test('the log of a frame is asked of its worker while somebody reads it, and only of the worker that has the frame', async () => {
  await hello('winona');
  const job = await submitScene(server, { frames: '1-2', tags: ['winona'] });
  const beat = (id: string, more: object = {}) =>
    server.post<{ follow?: unknown[]; beatMs?: number }>(`/workers/${id}/heartbeat`, {
      ...{ boot: `${id}-boot1`, slots: [], ...more },
    });
  // There may be work of other tests too.
  const leaseOf = async (kind: Lease['kind']) => {
    const body = { boot: 'winona-boot1', holding: [], want: 20, idle: 1 };
    const { leases } = await server.post<WorkReply>('/workers/winona/work', body);
    return leases.find((one) => one.job === job.id && one.kind === kind);
  };
  const probe = await leaseOf('probe');
  await server.post('/workers/winona/updates', {
    boot: 'winona-boot1',
    updates: [{ kind: 'probed', seq: 1, lease: probe?.id, report: probeReport() }],
  });
  const lease = await leaseOf('render');
  const slot = {
    slot: 0,
    state: 'rendering',
    job: job.id,
    lease: lease?.id,
    frame: 1,
    fraction: null,
    memory: null,
  };
  expect((await beat('winona', { slots: [slot] })).follow).toBeUndefined();

  const read = (after: number) =>
    server.json<{ lease: string | null; from: number; lines: string[] }>(
      `/jobs/${job.id}/frames/1/live-log?after=${after}&lease=${lease?.id}`,
    );
  expect(await read(0)).toEqual({ lease: lease?.id, worker: 'winona', from: 0, lines: [] });
  const asked = await beat('winona', { slots: [slot] });
  expect(asked).toMatchObject({ beatMs: 1000, follow: [{ lease: lease?.id, frame: 1, after: 0 }] });
  expect((await beat('wanda')).follow).toBeUndefined();
  const part = { lease: lease?.id, frame: 1, from: 0, lines: ['one', 'two'] };
  await beat('wanda', { logs: [{ ...part, lines: ['not mine'] }] });
  await beat('winona', { slots: [slot], logs: [part] });
  expect(await read(1)).toMatchObject({ from: 1, lines: ['two'] });
  expect((await server.json<{ lease: null }>(`/jobs/${job.id}/frames/2/live-log`)).lease).toBeNull();
  expect((await server.problem(`/jobs/${job.id}/frames/99/live-log`)).code).toBe('frame.unknown');
});

test('what a worker says of its cache and link is told with its load', async () => {
  await hello('wendy');
  const usage = { cacheBytes: 10, cacheLimit: 100, sends: 2.5, fetches: null };
  await server.post('/workers/wendy/heartbeat', { boot: 'wendy-boot1', slots: [], usage });
  const load = await server.json<WorkerLoad>('/workers/wendy/load');
  expect(load.usage).toEqual(usage);
  expect([load.hour.busy.length, load.day.busy.length]).toEqual([60, 96]);
  expect((await server.problem('/workers/nobody/load')).code).toBe('worker.unknown');
});
