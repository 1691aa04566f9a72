import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { API_PREFIX, type Change } from '@akashganga/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { KEY, TestServer, trustForTests } from './http.fixture.ts';

// All of 127.0.0.0/8 is this computer: a proxy calls from one address of it, somebody else from another.
const PROXY = '127.0.0.2';
const OTHER = '127.0.0.3';

let server: TestServer;
beforeAll(async () => {
  const trust = await trustForTests();
  const tls = { ...trust.tls, isProxy: (address: string) => address === PROXY };
  server = await TestServer.manager(undefined, { ...trust, tls });
}, 60_000);
afterAll(() => server?.close(), 30_000);

async function ask(
  from: string,
  path: string,
  body: object,
  headers = {},
): Promise<IncomingMessage & { said: string }> {
  const call = request({
    ...{ host: '127.0.0.1', port: server.port, localAddress: from, path: API_PREFIX + path, method: 'POST' },
    headers: { 'content-type': 'application/json', ...headers },
  });
  call.end(JSON.stringify(body));
  const [reply] = (await once(call, 'response')) as [IncomingMessage];
  return Object.assign(reply, { said: await text(reply) });
}

const forwarded = { 'x-forwarded-for': '198.51.100.9, 203.0.113.7', 'x-forwarded-proto': 'http, https' };

test('only of the proxy it is believed that the browser came over TLS, and the cookie says so', async () => {
  const cookie = async (from: string) => {
    const reply = await ask(from, '/session', { key: KEY }, forwarded);
    return reply.headers['set-cookie']?.[0] ?? reply.said;
  };
  expect(await cookie(PROXY)).toMatch(/; Secure/);
  expect(await cookie(OTHER)).not.toMatch(/; Secure/);
});

test('only of the proxy it is believed for whom it calls, and of a list only what it added itself', async () => {
  for (const from of [PROXY, OTHER])
    await ask(
      from,
      '/tokens',
      { role: 'viewer', name: from },
      { ...forwarded, authorization: `Bearer ${KEY}` },
    );
  const { changes } = await server.json<{ changes: Change[] }>('/history');
  const seen = changes
    .filter(({ what }) => what === 'add-token')
    .map(({ from, detail }) => [detail?.name, from]);
  expect(Object.fromEntries(seen)).toEqual({ [PROXY]: '203.0.113.7', [OTHER]: OTHER });
});

test('wrong tokens are counted against who the proxy called for, and not against the proxy', async () => {
  const attack = { 'x-forwarded-for': '198.51.100.66' };
  const codes = new Set<number>();
  for (let tries = 0; tries < 40; tries += 1)
    codes.add((await ask(PROXY, '/session', { key: `wrong-${tries}` }, attack)).statusCode ?? 0);
  expect(codes).toEqual(new Set([401, 429]));
  expect(
    (await ask(PROXY, '/session', { key: 'wrong' }, { 'x-forwarded-for': '203.0.113.8' })).statusCode,
  ).toBe(401);
  expect((await ask(PROXY, '/session', { key: KEY }, attack)).statusCode).toBe(200);
});
