import { once } from 'node:events';
import http from 'node:http';
import { text } from 'node:stream/consumers';
import { readJoinCode } from '@akashganga/protocol';
import { makeKeyPair } from '@akashganga/trust';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CALLER_LIMITS } from '../limits/turnstile.ts';
import { Caller, KEY, problemOf, TestServer } from './http.fixture.ts';

let server: TestServer;
let viewer = '';
beforeAll(async () => {
  const calls = { most: 60, perSecond: 0.01 };
  const open = { call: 5, transfer: 2, stream: 2 };
  server = await TestServer.manager(undefined, undefined, { ...CALLER_LIMITS, calls, open });
  viewer = await tokenOf('viewer');
}, 60_000);
afterAll(() => server?.close(), 30_000);

async function tokenOf(name: string): Promise<string> {
  return (await server.post<{ token: string }>('/tokens', { role: 'artist', name })).token;
}

const as = (token: string, path = '/farm', init: RequestInit = {}) =>
  fetch(`${server.url}/api/v1${path}`, {
    ...init,
    headers: { authorization: `Bearer ${token}`, ...(init.headers as object) },
  });

async function join(secret: string) {
  const { publicKey } = makeKeyPair();
  return fetch(`${server.url}/api/v1/members`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ secret, name: 'a computer', publicKey, id: null }),
  });
}

test('who sends wrong tokens and codes is told to wait, and right ones pass from the same address all the while', async () => {
  const { code } = await server.post<{ code: string }>('/join-codes', {});
  const codes = new Map<string, number>();
  for (let round = 0; round < 20; round += 1) {
    const replies = await Promise.all([
      ...Array.from({ length: 20 }, (_, at) => as(`akgt_${round}-${at}`)),
      join('a-secret-that-is-none'),
      server.fetch('/session', { method: 'POST', body: { code: 'a-code-that-is-none' }, headers: {} }),
    ]);
    for (const reply of replies) {
      const problem = await problemOf(reply);
      if (problem.status === 429) expect(Number(reply.headers.get('retry-after'))).toBeGreaterThan(0);
      codes.set(problem.code, (codes.get(problem.code) ?? 0) + 1);
    }
  }
  expect(codes.get('caller.too-often')).toBeGreaterThan(300);
  expect((await as(viewer)).status).toBe(200);
  expect((await join(readJoinCode(code).secret)).status).toBe(200);
  expect((await server.fetch('/farm')).status).toBe(200);
});

test('a token that asks too often waits, others and the owner go on', async () => {
  const busy = await tokenOf('busy');
  const statuses = [];
  for (let at = 0; at < 70; at += 1) statuses.push((await as(busy)).status);
  expect(statuses.filter((status) => status === 200)).toHaveLength(60);
  const refused = await as(busy);
  expect(refused.headers.get('retry-after')).toBe('100');
  expect(await problemOf(refused)).toMatchObject({ code: 'caller.too-often', retry: 'later' });
  expect((await as(viewer)).status).toBe(200);
  for (let at = 0; at < 70; at += 1) expect((await server.fetch('/farm')).status).toBe(200);
});

test('a token has so many event streams open and no more, and may have another when one is closed', async () => {
  const watcher = await tokenOf('watcher');
  const stop = new AbortController();
  const first = await as(watcher, '/events', { signal: stop.signal });
  const second = await as(watcher, '/events');
  expect([first.status, second.status]).toEqual([200, 200]);
  expect(await problemOf(await as(watcher, '/events'))).toMatchObject({
    ...{ code: 'caller.too-many-open', detail: expect.stringContaining('watcher has 2 event streams') },
  });
  stop.abort();
  await expect.poll(async () => (await as(watcher, '/events')).status, { timeout: 15_000 }).toBe(200);
});

test('uploads under way are counted, and end with the connection', async () => {
  const sender = await tokenOf('sender');
  const digest = `sha256:${'0'.repeat(64)}`;
  const refused: (number | undefined)[] = [];
  const begin = () => {
    const headers = { authorization: `Bearer ${sender}`, 'content-length': '1000' };
    const request = http.request(`${server.url}/api/v1/blobs/${digest}`, { method: 'PUT', headers });
    request.on('error', () => undefined);
    request.on('response', ({ statusCode }) => refused.push(statusCode));
    request.write('the beginning');
    return request;
  };
  // Two are taken, whichever come first.
  const begun = Array.from({ length: 6 }, begin);
  await expect.poll(() => refused, { timeout: 15_000 }).toEqual([429, 429, 429, 429]);
  const third = () => as(sender, `/blobs/${digest}`, { method: 'PUT', body: 'x' });
  expect((await third()).status).toBe(429);
  for (const one of begun) one.destroy();
  await expect.poll(async () => (await third()).status, { timeout: 15_000 }).not.toBe(429);
});

/** The status and the details when a body is sent whose length is not told. */
async function inChunks(path: string, body: string): Promise<unknown> {
  const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' };
  const request = http.request(`${server.url}/api/v1${path}`, { method: 'POST', headers });
  request.write(body.slice(0, 100));
  request.end(body.slice(100));
  const [reply] = (await once(request, 'response')) as [http.IncomingMessage];
  return [reply.statusCode, JSON.parse(await text(reply)).details];
}

test('each body is held to what its route takes', async () => {
  const large = (bytes: number) => ({ method: 'POST', body: `{"x":"${'y'.repeat(bytes)}"}` });
  const json = { 'content-type': 'application/json' };
  for (const [path, bytes, limit] of [
    ['/session', 70_000, 65_536],
    ['/members', 70_000, 65_536],
    ['/tokens', 1_100_000, 1_048_576],
    ['/jobs/job-1/priority', 1_100_000, 1_048_576],
  ] as const) {
    const problem = await server.problem(path, { ...large(bytes), headers: json });
    expect(problem, path).toMatchObject({ status: 413, details: { limit } });
    expect(await inChunks(path, large(bytes).body), path).toEqual([413, { limit }]);
  }
  expect((await server.problem('/jobs', { ...large(1_100_000), headers: json })).status).toBe(400);
});

test('a page of another site cannot sign a browser in as somebody else', async () => {
  for (const origin of ['https://evil.example', 'null'])
    expect(
      await server.problem('/session', { method: 'POST', body: { key: viewer }, headers: { origin } }),
    ).toMatchObject({ status: 403, code: 'access.wrong-origin' });
});

test('workers behind one address do not share what one of them may do', async () => {
  const workers = await Promise.all(Array.from({ length: 3 }, () => Caller.joined(server, 'worker')));
  for (let at = 0; at < 30; at += 1)
    for (const worker of workers) expect((await worker.ask('GET', '/farm')).status).toBe(200);
  for (const worker of workers) await worker.close();
});
