import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import {
  API_PREFIX,
  type FarmSummary,
  type Job,
  readJoinCode,
  Storage,
  type Throughput,
} from '@akashganga/protocol';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { until } from '../record/database.fixture.ts';
import { EventReader } from './event-reader.fixture.ts';
import { KEY, problemOf, TestServer } from './http.fixture.ts';
import { submitScene } from './scene.fixture.ts';

let server: TestServer;
beforeAll(async () => {
  server = await TestServer.manager();
}, 60_000);
const readers: EventReader[] = [];
afterEach(async () => {
  for (const reader of readers.splice(0)) await reader.close();
});
afterAll(() => server?.close(), 30_000);

async function listen(lastId?: string): Promise<EventReader> {
  const reader = await EventReader.open(server, lastId);
  readers.push(reader);
  return reader;
}

test('a job that is submitted is announced to all who listen, with all of it', async () => {
  const [one, two] = [await listen(), await listen()];
  const job = await submitScene(server, { name: 'Announced' });
  for (const reader of [one, two]) {
    await until(() => reader.heard.length > 0, 5, 'the announcement');
    expect(reader.heard[0]?.event).toMatchObject({ topic: 'job', job: { id: job.id, name: 'Announced' } });
  }
});

test('a reader that comes back hears exactly what it missed, in order and once', async () => {
  const all = await listen();
  const job = await submitScene(server);
  await until(() => all.heard.length > 0, 5, 'the first event');
  const first = await listen();
  await server.post(`/jobs/${job.id}/pause`);
  await until(() => first.heard.length > 0, 5, 'the event before the break');
  const lastId = first.heard.at(-1)!.id;
  await first.close();
  await server.post(`/jobs/${job.id}/resume`);
  await new Promise((next) => setTimeout(next, 150));
  await server.json(`/jobs/${job.id}`, { method: 'DELETE' });
  await until(() => all.topics().includes('job-deleted'), 5, 'the deletion');
  const again = await listen(lastId);
  const missed = all.heard.slice(all.heard.findIndex(({ id }) => id === lastId) + 1);
  expect(missed.length).toBeGreaterThan(1);
  await until(() => again.heard.length >= missed.length, 5, 'what was missed');
  expect(again.heard).toEqual(missed);
  const upToDate = await listen(all.heard.at(-1)!.id);
  await new Promise((next) => setTimeout(next, 200));
  expect(upToDate.heard).toEqual([]);
});

test.each(['of-another-start-5', 'nonsense', '-1', '9999999'])(
  'a reader that comes back with %s is told to read everything again',
  async (lastId) => {
    const reader = await listen(lastId);
    await until(() => reader.heard.length > 0, 5, 'the answer');
    expect(reader.topics()).toEqual(['reset']);
  },
);

test('many changes of one job at once are one event', async () => {
  const job = await submitScene(server);
  const reader = await listen();
  await Promise.all([1, 2, 3, 4, 5].map((priority) => server.post(`/jobs/${job.id}/priority`, { priority })));
  await until(() => reader.heard.length > 0, 5, 'the event');
  await new Promise((next) => setTimeout(next, 250));
  const ours = reader.heard.filter(({ event }) => event.topic === 'job' && event.job.id === job.id);
  expect(ours.length).toBeLessThanOrEqual(2);
  expect(ours.at(-1)?.event).toMatchObject({ job: { priority: 5 } });
});

test('the farm is told in numbers', async () => {
  await submitScene(server);
  const summary = await server.json<FarmSummary>('/farm');
  expect(summary).toMatchObject({ name: 'Akashganga', slots: 0, frameServers: [], workers: {} });
  expect(summary.jobs.queued).toBeGreaterThan(0);
});

test('a join code leads to this farm', async () => {
  const { code } = await server.post<{ code: string }>('/join-codes');
  expect(readJoinCode(code)).toEqual({
    urls: [server.url.replace('http:', 'https:')],
    fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
    secret: expect.any(String),
  });
});

test('a backup is refused by a farm that has jobs, and garbage by any', async () => {
  await submitScene(server);
  const backup = await server.fetch('/backup');
  expect(backup.headers.get('content-type')).toBe('application/gzip');
  const bytes = new Uint8Array(await backup.arrayBuffer());
  const refused = await server.fetch('/restore', { method: 'POST', body: bytes });
  expect(await problemOf(refused)).toMatchObject({ status: 409, code: 'farm.not-empty' });
  for (const job of (await server.json<{ jobs: Job[] }>('/jobs')).jobs)
    await server.json(`/jobs/${job.id}`, { method: 'DELETE' });
  const garbage = await server.fetch('/restore', {
    method: 'POST',
    body: new Uint8Array(randomBytes(200_000)),
  });
  expect(await problemOf(garbage)).toMatchObject({ status: 422, code: 'farm.bad-backup' });
});

test('a restore whose caller sends no more and goes away does the farm no harm', async () => {
  const sending = request({
    ...{ host: '127.0.0.1', port: server.port, method: 'POST', path: `${API_PREFIX}/restore` },
    headers: { authorization: `Bearer ${KEY}`, 'content-length': 1_000_000 },
  });
  const ended = new Promise<void>((closed) =>
    sending.on('error', () => undefined).on('close', () => closed()),
  );
  sending.write(Buffer.from('1f8b0800000000000003', 'hex'));
  await new Promise((next) => setTimeout(next, 100));
  // The connection on which garbage was refused may be closed.
  const isLed = () =>
    server.json('/jobs').then(
      () => true,
      () => false,
    );
  await until(isLed, 5, 'an answer while it is not known whether a backup comes');
  sending.destroy();
  await ended;
  await until(isLed, 5, 'an answer');
  expect(server.fatal).toEqual([]);
});

test('throughput has a column for each minute of the last hour and each quarter of the last day, and storage what is on the disk', async () => {
  const { hour, day } = await server.json<Throughput>('/throughput');
  expect([hour.frames.length, hour.eachMs, day.frames.length, day.eachMs]).toEqual([60, 60_000, 96, 900_000]);
  expect(hour.frames.at(-1)).toBe(0);
  const storage = await server.json<Storage>('/storage');
  expect(Storage.strict().parse(storage)).toEqual(storage);
  expect(storage.databaseBytes).toBeGreaterThan(1_000_000);
  expect(storage.freeBytes).toBeLessThanOrEqual(storage.diskBytes ?? 0);
});
