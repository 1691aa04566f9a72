import { API_PREFIX } from '@akashganga/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { KEY, problemOf, TestServer } from './http.fixture.ts';

let server: TestServer;
beforeAll(async () => {
  server = await TestServer.standingBy();
});
afterAll(() => server.close());

/** A request with nothing of ours in it. */
const bare = (path: string, init: RequestInit = {}) => fetch(server.url + API_PREFIX + path, init);

async function signIn(body: object): Promise<Response> {
  return bare('/session', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

function cookieOf(reply: Response): string {
  const [cookie = ''] = reply.headers.getSetCookie();
  expect(cookie).toMatch(/HttpOnly/i);
  expect(cookie).toMatch(/SameSite=Strict/i);
  return cookie.split(';')[0] ?? '';
}

const jobs = '/jobs';
const missing = { method: 'POST', body: JSON.stringify({ digests: [] }) };
const json = { 'content-type': 'application/json' };

test.each(['/jobs', '/farm', '/workers', '/events', '/backup', '/blobs/missing', '/join-codes', '/nowhere'])(
  '%s is not given without the key',
  async (path) => {
    expect(await problemOf(await bare(path))).toMatchObject({ status: 401, code: 'access.no-key' });
  },
);

test.each([
  ['another key', `Bearer ${KEY}x`],
  ['no key at all', 'Bearer '],
  ['another way to sign in', `Basic ${btoa(`:${KEY}`)}`],
  ['the key alone', KEY],
])('%s is refused', async (_, authorization) => {
  const reply = await bare(jobs, { headers: { authorization } });
  expect(await problemOf(reply)).toMatchObject({ status: 401, code: 'access.wrong-key' });
});

test('the key is asked for before the body is looked at', async () => {
  const reply = await bare(jobs, { method: 'POST', headers: json, body: '{ not json' });
  expect((await problemOf(reply)).code).toBe('access.no-key');
});

test('whether it is up and what it can do is told without a key', async () => {
  const health = (await (await bare('/health')).json()) as object;
  expect(health).toEqual({ role: 'manager', farm: null, api: 1, version: expect.any(String), ready: false });
  expect((await bare('/openapi.json')).status).toBe(200);
});

test('a manager that stands by says so', async () => {
  expect(await server.problem(jobs)).toMatchObject({ status: 503, code: 'farm.standing-by', retry: 'later' });
});

test('a browser that was signed in with the key is let through, and not after it signed out', async () => {
  const reply = await signIn({ key: KEY });
  expect(reply.status).toBe(200);
  const cookie = cookieOf(reply);
  expect((await problemOf(await bare(jobs, { headers: { cookie } }))).code).toBe('farm.standing-by');
  const out = await bare('/session', { method: 'DELETE', headers: { cookie } });
  expect(out.headers.getSetCookie()[0]).toMatch(/Max-Age=0/i);
});

test('a wrong key and a wrong code sign nobody in', async () => {
  for (const body of [{ key: 'wrong' }, { code: 'wrong' }, {}]) {
    const reply = await signIn(body);
    expect(reply.headers.getSetCookie()).toEqual([]);
    expect((await problemOf(reply)).code).toBe('access.wrong-key');
  }
});

test('a cookie that was changed is refused', async () => {
  const cookie = cookieOf(await signIn({ key: KEY }));
  const changed = cookie.replace(/=\d/, '=9');
  expect((await problemOf(await bare(jobs, { headers: { cookie: changed } }))).code).toBe('access.no-key');
});

test('a one-time code signs one browser in, once', async () => {
  const { code } = await server.post<{ code: string }>('/sign-in-codes');
  const first = await signIn({ code });
  expect(first.status).toBe(200);
  expect((await problemOf(await bare(jobs, { headers: { cookie: cookieOf(first) } }))).code).toBe(
    'farm.standing-by',
  );
  expect((await problemOf(await signIn({ code }))).code).toBe('access.wrong-key');
});

test('a page of another site cannot use a browser that is signed in', async () => {
  const cookie = cookieOf(await signIn({ key: KEY }));
  const from = (origin: string) =>
    bare('/blobs/missing', { ...missing, headers: { ...json, cookie, origin } });
  for (const origin of ['https://evil.example', 'null', 'not a url', `http://127.0.0.1:${server.port + 1}`])
    expect(await problemOf(await from(origin))).toMatchObject({ status: 403, code: 'access.wrong-origin' });
  expect((await from(server.url)).status).toBe(200);
});

test('a program with the key may say any origin', async () => {
  const reply = await server.fetch('/blobs/missing', {
    ...missing,
    headers: { ...json, origin: 'https://tools.example' },
  });
  expect(reply.status).toBe(200);
});

test('every answer forbids other pages to frame it or to run scripts in it', async () => {
  for (const path of ['/health', '/jobs']) {
    const { headers } = await bare(path);
    expect(headers.get('content-security-policy')).toMatch(/default-src 'self'/);
    expect(headers.get('content-security-policy')).toMatch(/frame-ancestors 'none'/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  }
});
