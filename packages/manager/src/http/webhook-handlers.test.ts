import { createHmac } from 'node:crypto';
import type { Change, Posting, Webhook, WorkReply } from '@akashganga/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Receiver } from '../notify/receiver.fixture.ts';
import { problem, workerHello } from '../schedule/farm.fixture.ts';
import { KEY, TestServer } from './http.fixture.ts';
import { submitScene } from './scene.fixture.ts';

const allowed = { webhooksTo: ['127.0.0.1'] };
let server: TestServer;
beforeAll(async () => {
  server = await TestServer.manager(undefined, undefined, undefined, allowed);
  const frames = { id: 'frames-1', boot: 'frames-1-boot1', name: 'frames', url: null, port: 8082 };
  await server.post('/frame-servers', { ...frames, containers: [], freeBytes: null, version: '0.1.0' });
}, 60_000);
afterAll(() => server?.close(), 30_000);

type Added = Webhook & { secret: string };
const add = (url: string, more: object = {}) =>
  server.post<Added>('/webhooks', { name: 'chat', url, ...more });
const remove = (id: string) => server.json<Webhook>(`/webhooks/${id}`, { method: 'DELETE' });
const postingsOf = async (id: string) =>
  (await server.json<{ postings: Posting[] }>(`/webhooks/${id}/postings`)).postings;

/** A job whose examination says that its scene has no camera. */
async function failAJob(name: string, worker: string): Promise<void> {
  await server.post('/workers', workerHello(worker, { tags: [worker] }));
  await submitScene(server, { name, tags: [worker] });
  const boot = `${worker}-boot1`;
  const { leases } = await server.post<WorkReply>(`/workers/${worker}/work`, {
    boot,
    holding: [],
    want: 1,
    idle: 1,
  });
  const update = { kind: 'probe-failed', seq: 1, lease: leases[0]?.id, problem: problem('scene.no-camera') };
  await server.post(`/workers/${worker}/updates`, { boot, updates: [update] });
}

function isSigned(secret: string, { headers, body }: Receiver['received'][number]): boolean {
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const said = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
  return headers['webhook-signature'] === `v1,${createHmac('sha256', key).update(said).digest('base64')}`;
}

test('a job that fails is told to whoever wants to hear of it, signed, and to nobody else', async () => {
  await using receiver = await Receiver.open();
  const { id, secret } = await add(`${receiver.url}/failed`, { events: ['job.failed'] });
  const other = await add(`${receiver.url}/done`, { events: ['job.done', 'worker.sick'] });
  await failAJob('night shot', 'wanda');
  await expect.poll(() => receiver.received, { timeout: 15_000 }).toHaveLength(1);
  const [first] = receiver.received;
  expect(first?.path).toBe('/failed');
  expect(isSigned(secret, first!)).toBe(true);
  expect(isSigned(other.secret, first!)).toBe(false);
  const { text, ...body } = JSON.parse(first!.body);
  expect(text).toMatch(/^“night shot” of asha failed: /);
  expect(body).toMatchObject({ event: 'job.failed', job: { name: 'night shot' }, worker: null });
  await expect
    .poll(() => postingsOf(id), { timeout: 15_000 })
    .toMatchObject([
      { id: first?.headers['webhook-id'], state: 'sent', attempts: 1, status: 200, nextAt: null },
    ]);
  expect(await postingsOf(other.id)).toEqual([]);
  await remove(id);
  await remove(other.id);
});

test('what could not be sent is sent when the manager was started again, under the same id', async () => {
  await using receiver = await Receiver.open();
  receiver.answers.push(503);
  const { id } = await add(receiver.url);
  await failAJob('twice', 'wilma');
  await expect
    .poll(() => postingsOf(id), { timeout: 15_000 })
    .toMatchObject([{ state: 'waiting', attempts: 1, status: 503, why: 'it answered 503' }]);
  await server.stop();
  server = await TestServer.manager(server.folder, server.trust, undefined, allowed);
  await expect.poll(() => receiver.received.length, { timeout: 30_000 }).toBe(2);
  const [first, second] = receiver.received;
  expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
  await expect
    .poll(() => postingsOf(id), { timeout: 15_000 })
    .toMatchObject([{ state: 'sent', attempts: 2 }]);
  await remove(id);
}, 90_000);

test('a test is posted once, and what became of it is said', async () => {
  await using receiver = await Receiver.open();
  const { id } = await add(receiver.url, { shape: 'text' });
  expect(await server.post(`/webhooks/${id}/test`)).toMatchObject({
    event: 'test',
    state: 'sent',
    status: 200,
  });
  expect(receiver.received.map(({ body }) => body)).toEqual([
    '{"text":"This is a test of the farm’s notices."}',
  ]);
  receiver.answers.push(500);
  expect(await server.post(`/webhooks/${id}/test`)).toMatchObject({
    ...{ state: 'failed', status: 500, why: 'it answered 500', nextAt: null },
  });
  await remove(id);
  expect(await server.problem(`/webhooks/${id}/test`, { method: 'POST' })).toMatchObject({
    ...{ status: 404, code: 'access.unknown' },
  });
});

test('its secret is shown once, the rest of its address never, and the history says who made it', async () => {
  const { id, secret } = await add('https://chat.example/hooks/T0PSECRET?key=ANOTHER');
  const shown = await (await server.fetch('/webhooks')).text();
  expect(shown).toContain('https://chat.example');
  for (const hidden of [secret, 'T0PSECRET', 'ANOTHER', KEY]) expect(shown).not.toContain(hidden);
  await remove(id);
  const { changes } = await server.json<{ changes: Change[] }>('/history');
  expect(changes.slice(0, 2)).toMatchObject([
    { what: 'remove-webhook', detail: { name: 'chat' } },
    { what: 'add-webhook', detail: { name: 'chat' } },
  ]);
  expect(JSON.stringify(changes)).not.toContain('T0PSECRET');
});

test('an address that is none, or not to be reached, is refused when it is set', async () => {
  const bad = [
    'ftp://a.example/',
    'chat',
    'javascript:alert(1)',
    'file:///etc/passwd',
    'https://u:p@a.example/',
  ];
  const inside = [
    'http://10.0.0.1/',
    'https://169.254.169.254/latest',
    'https://[::1]/',
    'https://0x7f000002/',
  ];
  for (const url of [...bad, ...inside])
    expect(
      await server.problem('/webhooks', { method: 'POST', body: { name: 'x', url } }),
      url,
    ).toMatchObject({
      ...{ status: 422, code: 'webhook.bad-address' },
    });
  expect(await server.json('/webhooks')).toEqual({ webhooks: [] });
});

test('a name that leads to this computer is refused when it is sent there, if only another address is allowed', async () => {
  await using receiver = await Receiver.open();
  const strict = await TestServer.manager(undefined, undefined, undefined, { webhooksTo: ['192.0.2.7'] });
  try {
    const { id } = await strict.post<Added>('/webhooks', {
      name: 'x',
      url: `https://localhost:${receiver.port}/`,
    });
    expect(await strict.post(`/webhooks/${id}/test`)).toMatchObject({ state: 'failed', status: null });
    expect(receiver.received).toEqual([]);
  } finally {
    await strict.close();
  }
}, 60_000);
