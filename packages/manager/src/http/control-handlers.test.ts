import type { Change, Job, Limit, Statistic, Worker } from '@akashganga/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestServer } from './http.fixture.ts';
import { submitScene } from './scene.fixture.ts';

let server: TestServer;
beforeAll(async () => {
  server = await TestServer.manager();
}, 60_000);
afterAll(() => server?.close(), 30_000);

const hello = {
  ...{
    id: 'wkr-wanda',
    boot: 'boot-1',
    name: 'wanda',
    platform: 'linux-x64',
    cores: 4,
    memory: 8e9,
    slots: 1,
  },
  ...{ blenders: [{ version: '3.4.1', path: '/usr/bin/blender' }], version: '0.1.0' },
};
const by = { 'akashganga-by': encodeURIComponent('Äsha@studio') };

test('a job is changed while it waits, and who did it is in the history', async () => {
  const job = await submitScene(server, { frames: '1-3' });
  const body = { needs: { cores: 99 }, maxSlots: 2, uses: ['licence'], priority: 60 };
  const changed = await server.json<Job>(`/jobs/${job.id}/change`, { method: 'POST', body, headers: by });
  expect(changed).toMatchObject({ ...body, tags: [], afterJob: null });
  await server.post(`/jobs/${job.id}/pause?now=true`);
  const { changes } = await server.json<{ changes: Change[] }>(`/history?job=${job.id}`);
  expect(changes.map((change) => [change.what, change.by, change.from])).toEqual([
    ['pause', '127.0.0.1', '127.0.0.1'],
    ['change-job', 'Äsha@studio', '127.0.0.1'],
    ['submit', '127.0.0.1', '127.0.0.1'],
  ]);
  expect(changes[1]?.detail).toEqual(body);
  expect(changes[0]?.at).toBeGreaterThanOrEqual(changes[2]?.at ?? 0);
});

test.each([
  [{ priority: 101 }, /priority/],
  [{ maxSlots: 0 }, /maxSlots/],
  [{ uses: ['A Licence'] }, /uses/],
  [{ needs: { memory: -1 } }, /needs/],
])('a change to %j is refused and changes nothing', async (body, words) => {
  const job = await submitScene(server, { frames: '1-3' });
  const problem = await server.problem(`/jobs/${job.id}/change`, { method: 'POST', body });
  expect(problem).toMatchObject({
    status: 400,
    code: 'request.invalid',
    detail: expect.stringMatching(words),
  });
  expect(await server.json<Job>(`/jobs/${job.id}`)).toMatchObject({ priority: 50, maxSlots: null, uses: [] });
});

test('a job cannot start after one that nobody knows', async () => {
  const job = await submitScene(server, { frames: '1-3' });
  const body = { afterJob: 'job-of-nobody' };
  expect(await server.problem(`/jobs/${job.id}/change`, { method: 'POST', body })).toMatchObject({
    code: 'job.unknown',
  });
});

test('limits are set, shown and taken away', async () => {
  expect(await server.post('/limits', { name: 'licence', most: 3 })).toEqual({
    limits: [{ name: 'licence', most: 3, inUse: 0 }],
  });
  expect((await server.json<{ limits: Limit[] }>('/limits')).limits).toHaveLength(1);
  expect(await server.post('/limits', { name: 'licence', most: null })).toEqual({ limits: [] });
  expect(await server.problem('/limits', { method: 'POST', body: { name: '../up', most: 1 } })).toMatchObject(
    {
      code: 'request.invalid',
    },
  );
});

test('what is set for a worker stays when it says hello again', async () => {
  await server.post('/workers', hello);
  const settings = { tags: ['gpu'], sleep: '0:00-24:00', maxJobs: 2 };
  const worker = await server.post<Worker>('/workers/wkr-wanda/settings', settings);
  expect(worker).toMatchObject({
    state: 'asleep',
    tags: ['gpu'],
    settings: { ...settings, onlyWhenIdle: false },
  });
  const again = await server.post<Worker>('/workers', { ...hello, boot: 'boot-2' });
  expect(again).toMatchObject({ state: 'asleep', settings });
  expect(await server.post<Worker>('/workers/wkr-wanda/settings', { sleep: null })).toMatchObject({
    state: 'idle',
  });
  expect(
    await server.problem('/workers/wkr-wanda/settings', { method: 'POST', body: { sleep: 'now' } }),
  ).toMatchObject({
    code: 'request.invalid',
  });
  expect(await server.post<Worker>('/workers/wkr-wanda/forgive')).toMatchObject({ problem: null });
});

test('a job and a worker of which nothing was rendered have no statistics', async () => {
  const job = await submitScene(server, { frames: '1-3' });
  const none: { workers: Statistic[] } = await server.json(`/jobs/${job.id}/statistics`);
  expect(none.workers).toEqual([]);
  expect(await server.json('/workers/wkr-wanda/statistics')).toEqual({ jobs: [] });
  expect(await server.problem('/jobs/job-of-nobody/statistics')).toMatchObject({ code: 'job.unknown' });
});
