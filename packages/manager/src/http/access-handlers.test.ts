import {
  type Change,
  type FarmMember,
  type JoinReply,
  type ProblemReply,
  readJoinCode,
  type Token,
} from '@akashganga/protocol';
import { makeKeyPair } from '@akashganga/trust';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Caller, KEY, TestServer } from './http.fixture.ts';
import { jobOf, sendBlobs, smallScene, submitScene } from './scene.fixture.ts';

let server: TestServer;
beforeAll(async () => {
  server = await TestServer.manager();
}, 60_000);
afterAll(() => server?.close(), 30_000);

async function secretOf(order: object = {}): Promise<{ id: string; secret: string }> {
  const { id, code } = await server.post<{ id: string; code: string }>('/join-codes', order);
  return { id, secret: readJoinCode(code).secret };
}

/** What joining with the secret is answered with, without any token. */
async function join(secret: string, more: object = {}): Promise<JoinReply & ProblemReply> {
  const body = { secret, name: 'a computer', publicKey: makeKeyPair().publicKey, id: null, ...more };
  const reply = await fetch(`${server.url}/api/v1/members`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return (await reply.json()) as JoinReply & ProblemReply;
}

async function tokenFor(name: string, order: object = {}): Promise<Token & { token: string }> {
  return server.post('/tokens', { role: 'artist', name, ...order });
}

test('a join code lets one computer in, also when a hundred try at the same time', async () => {
  const { secret } = await secretOf();
  const replies = await Promise.all(Array.from({ length: 100 }, () => join(secret)));
  expect(replies.filter((reply) => reply.certificate !== undefined)).toHaveLength(1);
  const refused = replies.filter((reply) => reply.code === 'access.code-refused');
  expect(refused).toHaveLength(99);
});

test('a computer whose first answer was lost joins again with the same key, and uses nothing up', async () => {
  const { secret, id } = await secretOf();
  const { publicKey } = makeKeyPair();
  const first = await join(secret, { publicKey });
  const again = await join(secret, { publicKey });
  expect(again.id).toBe(first.id);
  const { joinCodes } = await server.json<{ joinCodes: { id: string; used: number }[] }>('/join-codes');
  expect(joinCodes.find((one) => one.id === id)).toMatchObject({ used: 1 });
  // The token that was lost with the first answer is worth nothing.
  expect(await Caller.withToken(server, first.token).ask('GET', '/jobs')).toMatchObject({
    code: 'access.wrong-key',
  });
  expect(await Caller.withToken(server, again.token).ask('GET', '/jobs')).toMatchObject({ status: 200 });
});

test('a computer that was shut out does not come back with the code it had', async () => {
  const { secret } = await secretOf({ uses: 5 });
  const { publicKey } = makeKeyPair();
  const { id } = await join(secret, { publicKey });
  await server.json(`/members/${id}`, { method: 'DELETE' });
  const other = await secretOf();
  await server.json(`/join-codes/${other.id}`, { method: 'DELETE' });
  expect(await join(other.secret, { publicKey })).toMatchObject({ code: 'access.code-refused' });
});

test('a code that has expired, was revoked or is made up lets nobody in', async () => {
  const short = await secretOf({ expiresSeconds: 1 });
  const revoked = await secretOf({ uses: 3 });
  await server.json(`/join-codes/${revoked.id}`, { method: 'DELETE' });
  await new Promise((later) => setTimeout(later, 1100));
  for (const secret of [short.secret, revoked.secret, 'x'.repeat(22)])
    expect(await join(secret)).toMatchObject({ status: 403, code: 'access.code-refused' });
});

test('a code for frame servers makes no workers, and a worker cannot choose what it is called', async () => {
  const frames = await join((await secretOf({ for: 'frames' })).secret, { id: 'fs-of-before' });
  expect(frames).toMatchObject({ role: 'frames', id: 'fs-of-before', token: null });
  // Somebody else's id cannot be had with another key.
  const thief = await join((await secretOf({ for: 'frames' })).secret, { id: 'fs-of-before' });
  expect(thief).toMatchObject({ code: 'access.code-refused' });
  const worker = await join((await secretOf()).secret, { id: 'w-of-another' });
  expect(worker).toMatchObject({ role: 'worker', id: expect.stringMatching(/^w-[0-9a-f]{20}$/) });
});

test('a key that is none gets no certificate and uses nothing up', async () => {
  const { secret } = await secretOf();
  for (const publicKey of ['', 'nonsense', '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----'])
    expect(await join(secret, { publicKey })).toMatchObject({ status: 400, code: 'request.invalid' });
  expect((await join(secret)).certificate).toContain('BEGIN CERTIFICATE');
});

test('people of a computer that renders only get no token', async () => {
  const { secret } = await secretOf({ rendersOnly: true });
  expect(await join(secret)).toMatchObject({ role: 'worker', token: null });
});

test('a list shows whose a token, a code or a member is, and no secret', async () => {
  const { token } = await tokenFor('lists');
  const { secret } = await secretOf();
  const { certificate } = await join(secret);
  const lists = await Promise.all(
    ['/tokens', '/join-codes', '/members'].map(async (path) => (await server.fetch(path)).text()),
  );
  const all = lists.join('');
  expect(all).toContain('lists');
  for (const hidden of [token, secret, certificate, KEY, 'hash', 'publicKey'])
    expect(all).not.toContain(hidden);
});

test('a token that was revoked or has expired opens nothing, also in a browser that was signed in with it', async () => {
  const made = await tokenFor('revoked');
  const brief = await tokenFor('brief', { expiresSeconds: 1 });
  const signIn = await server.fetch('/session', { method: 'POST', body: { key: made.token } });
  const cookie = signIn.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  const asBrowser = () => fetch(`${server.url}/api/v1/jobs`, { headers: { cookie } });
  expect((await asBrowser()).status).toBe(200);
  expect(await Caller.withToken(server, made.token).ask('GET', '/jobs')).toMatchObject({ status: 200 });
  await server.json(`/tokens/${made.id}`, { method: 'DELETE' });
  await new Promise((later) => setTimeout(later, 1100));
  for (const token of [made.token, brief.token])
    expect(await Caller.withToken(server, token).ask('GET', '/jobs')).toMatchObject({
      code: 'access.wrong-key',
    });
  expect(await (await asBrowser()).json()).toMatchObject({ code: 'access.no-key' });
  // Its name is free again.
  expect(await tokenFor('revoked')).toMatchObject({ name: 'revoked' });
});

test('a name that is no text is kept as it is shown', async () => {
  const { id, name } = await tokenFor('half a pair: \ud800, and a whole one: 🌠');
  expect(name).toBe('half a pair: \ufffd, and a whole one: 🌠');
  await server.stop();
  server = await TestServer.manager(server.folder);
  const { tokens } = await server.json<{ tokens: Token[] }>('/tokens');
  expect(tokens.find((one) => one.id === id)?.name).toBe(name);
}, 60_000);

test('two tokens that hold have different names', async () => {
  await tokenFor('one of two');
  const second = await server.problem('/tokens', {
    method: 'POST',
    body: { role: 'viewer', name: 'one of two' },
  });
  expect(second).toMatchObject({ status: 409, code: 'access.name-taken' });
});

test('an artist changes own jobs and no others, whatever it says of itself', async () => {
  const anna = Caller.withToken(server, (await tokenFor('anna')).token);
  const boss = Caller.withToken(server, (await tokenFor('boss', { allJobs: true })).token);
  const small = smallScene();
  await sendBlobs(server, small.blobs);
  const submitted = await anna.ask(
    'POST',
    '/jobs',
    JSON.stringify(jobOf(small, { id: 'job-of-anna', submitter: 'asha' })),
  );
  expect(submitted.status).toBe(200);
  expect(await server.json('/jobs/job-of-anna')).toMatchObject({ submitter: 'anna' });
  const others = await submitScene(server, { submitter: 'asha' });
  for (const [method, path, body] of [
    ['POST', 'pause', undefined],
    ['POST', 'cancel', undefined],
    ['POST', 'priority', '{"priority":100}'],
    ['POST', 'change', '{"priority":100}'],
    ['POST', 'retry', '{"frames":null}'],
    ['DELETE', '', undefined],
  ] as const)
    expect(await anna.ask(method, `/jobs/${others.id}/${path}`.replace(/\/$/, ''), body), path).toMatchObject(
      {
        ...{ status: 403, code: 'access.forbidden' },
      },
    );
  // Nor does it take another's job over by submitting one with the same id.
  const again = await anna.ask('POST', '/jobs', JSON.stringify(jobOf(small, { id: others.id })));
  expect(again).toMatchObject({ code: 'access.forbidden' });
  expect((await anna.ask('POST', '/jobs/job-of-anna/pause')).status).toBe(200);
  expect((await boss.ask('POST', `/jobs/${others.id}/pause`)).status).toBe(200);
  const { changes } = await server.json<{ changes: { by: string; what: string }[] }>(
    '/history?job=job-of-anna',
  );
  expect(changes.map(({ by, what }) => `${by}: ${what}`)).toEqual(['anna: pause', 'anna: submit']);
});

test('who made and revoked tokens and codes, who joined and was shut out is in the history, with its address and no secret', async () => {
  const { changes: before } = await server.json<{ changes: Change[] }>('/history?limit=1000');
  const headers = { 'akashganga-by': 'asha@studio' };
  const ask = <T>(method: string, path: string, body?: object) =>
    server.json<T>(path, { method, headers, ...(body ? { body } : {}) });
  const token = await ask<Token & { token: string }>('POST', '/tokens', { role: 'viewer', name: 'hall' });
  const { id, code } = await ask<{ id: string; code: string }>('POST', '/join-codes', {});
  const { secret } = readJoinCode(code);
  const joined = await join(secret, { name: 'render-7' });
  await ask('DELETE', `/join-codes/${id}`);
  await ask('DELETE', `/members/${joined.id}`);
  await ask('DELETE', `/tokens/${token.id}`);
  // What was refused has changed nothing.
  await join(secret);
  await server.problem('/tokens/t-0000000000', { method: 'DELETE' });
  const { changes } = await server.json<{ changes: Change[] }>('/history?limit=1000');
  const news = changes.slice(0, changes.length - before.length).reverse();
  expect(news.map(({ by, from, what, worker, detail }) => [by, from, what, worker ?? detail.id])).toEqual([
    ['asha@studio', '127.0.0.1', 'add-token', token.id],
    ['asha@studio', '127.0.0.1', 'add-join-code', id],
    ['render-7', '127.0.0.1', 'join', joined.id],
    ['asha@studio', '127.0.0.1', 'revoke-join-code', id],
    ['asha@studio', '127.0.0.1', 'shut-out', joined.id],
    ['asha@studio', '127.0.0.1', 'revoke-token', token.id],
  ]);
  for (const hidden of [token.token, secret, String(joined.token), 'hash', 'publicKey'])
    expect(JSON.stringify(changes)).not.toContain(hidden);
  // Others learn who did what, and not where they sit.
  const viewer = await tokenFor('curious', { role: 'viewer' });
  const reply = await fetch(`${server.url}/api/v1/history`, {
    headers: { authorization: `Bearer ${viewer.token}` },
  });
  const seen = ((await reply.json()) as { changes: Change[] }).changes;
  expect(seen.length).toBeGreaterThan(5);
  expect(new Set(seen.map(({ from }) => from))).toEqual(new Set([null]));
});

test('a manager that starts again knows its members, its tokens and what was revoked', async () => {
  const kept = await tokenFor('kept');
  const gone = await tokenFor('gone');
  await server.json(`/tokens/${gone.id}`, { method: 'DELETE' });
  await Caller.withToken(server, kept.token).ask('GET', '/jobs');
  // Written in its turn, hence after the use of the one before.
  await tokenFor('last');
  const { members: before } = await server.json<{ members: FarmMember[] }>('/members');
  await server.stop();
  server = await TestServer.manager(server.folder);
  expect(await server.json('/members')).toEqual({ members: before });
  const { tokens } = await server.json<{ tokens: Token[] }>('/tokens');
  expect(tokens.find((one) => one.id === kept.id)?.lastUsedAt).toBeGreaterThan(0);
  expect(await Caller.withToken(server, kept.token).ask('GET', '/jobs')).toMatchObject({ status: 200 });
  expect(await Caller.withToken(server, gone.token).ask('GET', '/jobs')).toMatchObject({
    code: 'access.wrong-key',
  });
}, 60_000);
