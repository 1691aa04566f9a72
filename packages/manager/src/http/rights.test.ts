import { API_PREFIX, type Role, rights } from '@akashganga/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Caller, TestServer } from './http.fixture.ts';

let server: TestServer;
const callers = new Map<Role | 'nobody' | 'stranger', Caller>();

beforeAll(async () => {
  server = await TestServer.manager();
  for (const role of ['admin', 'artist', 'viewer'] as const)
    callers.set(
      role,
      Caller.withToken(server, (await server.post<{ token: string }>('/tokens', { role, name: role })).token),
    );
  for (const role of ['worker', 'frames'] as const) callers.set(role, await Caller.joined(server, role));
  callers.set('nobody', Caller.withToken(server, null));
  callers.set('stranger', await Caller.ofAnotherFarm(server));
}, 60_000);
afterAll(async () => {
  for (const caller of callers.values()) await caller.close();
  await server?.close();
}, 30_000);

interface Document {
  paths: Record<string, Record<string, unknown>>;
}

/** A path with names in it that fit their schemas: the caller's own where they name a caller. */
function filled(path: string, caller: Caller): string {
  const names: Record<string, string> = {
    job: 'job-none',
    frame: '1',
    piece: '0',
    version: '4.2.0',
    digest: `sha256:${'0'.repeat(64)}`,
  };
  return path.replace(/\{(\w+)\}/g, (_, name: string) => names[name] ?? caller.id);
}

/** The code with which the guard turned the caller away, or null when it let it through to the route. */
async function turnedAway(caller: Caller, method: string, path: string): Promise<string | null> {
  const { code, detail } = await caller.ask(method, filled(path, caller), '{}');
  if (code === 'access.no-key') return code;
  return code === 'access.forbidden' && /not for the role/.test(detail ?? '') ? code : null;
}

test('every route answers every role as the table of rights says, and nobody else', async () => {
  const document = await server.json<Document>('/openapi.json');
  const routes = Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => ({
      method: method.toUpperCase(),
      path: path.slice(API_PREFIX.length),
    })),
  );
  expect(routes.length).toBe(Object.keys(rights).length);
  for (const { method, path } of routes) {
    const who = rights[`${method} ${path}`];
    for (const [role, caller] of callers) {
      // It would have to put the farm back to nothing to be tried by who may.
      if (path === '/restore' && role === 'admin') continue;
      const isKnown = role !== 'nobody' && role !== 'stranger';
      const may = who === 'open' || (isKnown && who?.[role] !== undefined);
      const expected = may ? null : isKnown ? 'access.forbidden' : 'access.no-key';
      expect(await turnedAway(caller, method, path), `${role}: ${method} ${path}`).toBe(expected);
    }
  }
}, 120_000);

test('a certificate of another farm opens nothing', async () => {
  expect(await callers.get('stranger')?.ask('GET', '/jobs')).toMatchObject({
    status: 401,
    code: 'access.no-key',
  });
});

test('a worker acts in its own name only', async () => {
  const worker = callers.get('worker')!;
  const beat = { boot: 'b-0001', slots: [], delivering: [], inUse: false, problem: null };
  const other = await worker.ask('POST', '/workers/w-another/heartbeat', JSON.stringify(beat));
  expect(other).toMatchObject({ status: 403, code: 'access.forbidden' });
  const own = await worker.ask('POST', `/workers/${worker.id}/heartbeat`, JSON.stringify(beat));
  expect(own.code).not.toBe('access.forbidden');
  // A name that only begins like its own is another's.
  const alike = await worker.ask('POST', `/workers/${worker.id}x/heartbeat`, JSON.stringify(beat));
  expect(alike).toMatchObject({ status: 403, code: 'access.forbidden' });
});

test('a member that is shut out is told so at once', async () => {
  const caller = await Caller.joined(server, 'worker');
  expect((await caller.ask('GET', '/farm')).status).toBe(200);
  await server.json(`/members/${caller.id}`, { method: 'DELETE' });
  expect(await caller.ask('GET', '/farm')).toMatchObject({ status: 401, code: 'access.revoked' });
  expect(await Caller.withToken(server, caller.token).ask('GET', '/jobs')).toMatchObject({
    code: 'access.wrong-key',
  });
  await caller.close();
});
