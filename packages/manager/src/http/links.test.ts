import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Link } from '@akashganga/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readLink, writeLink } from '../access/links.ts';
import { Caller, KEY, problemOf, TestServer } from './http.fixture.ts';
import { submitScene } from './scene.fixture.ts';

let server: TestServer;
let job = '';
let frames: Server;
/** What the frame server was asked for, and what it answers. */
const asked: string[] = [];
let type = 'video/mp4';

beforeAll(async () => {
  server = await TestServer.manager();
  frames = createServer((request, response) => {
    asked.push(request.url ?? '');
    const lies = { location: 'https://evil.example', 'set-cookie': 'akashganga=stolen' };
    response.writeHead(200, { ...lies, 'content-type': type, 'content-length': 7 }).end('a-film!');
  });
  await new Promise<void>((listening) => frames.listen(0, '127.0.0.1', listening));
  const { port } = frames.address() as AddressInfo;
  const hello = { id: 'frames-1', boot: 'frames-1-boot1', name: 'frames', url: `http://127.0.0.1:${port}` };
  await server.post('/frame-servers', { ...hello, port, containers: [], freeBytes: null, version: '0.1.0' });
  job = (await submitScene(server)).id;
}, 60_000);
afterAll(async () => {
  frames.close();
  await server?.close();
}, 30_000);

const follow = (path: string, init: RequestInit = {}) => fetch(server.url + path, init);

test('a link shows the film or the frame it was made for, to whoever has it', async () => {
  const film = await server.post<Link>('/links', { job });
  const reply = await follow(film.path);
  expect([reply.status, await reply.text()]).toEqual([200, 'a-film!']);
  const frame = await server.post<Link>('/links', { job, frame: -3 });
  expect((await follow(frame.path)).status).toBe(200);
  expect(asked).toEqual([`/api/v1/jobs/${job}/film`, `/api/v1/jobs/${job}/frames/-3/image`]);
  expect(film.url).toBe(server.url + film.path);
  for (const secret of [KEY, 'Bearer']) expect(film.path).not.toContain(secret);
});

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const lastOf = (signature: string) => LETTERS.indexOf(signature.at(-1) ?? '');

test('a link that was changed, has expired, or is of another farm shows nothing', async () => {
  const { path } = await server.post<Link>('/links', { job, frame: 1 });
  const [words = '', signature = ''] = path.split('/').at(-1)?.split('.') ?? [];
  const grant = readLink(KEY, `${words}.${signature}`);
  expect(grant).toMatchObject({ job, frame: 1, by: 'key' });
  const other = Buffer.from(JSON.stringify([job, 2, Date.now() + 1e6, 'key'])).toString('base64url');
  const good = { job, frame: 1, until: Date.now() + 1e6, by: 'key' };
  for (const text of [
    `${other}.${signature}`,
    // The last letter has two bits that say nothing: these spell the same bytes.
    ...[1, 2, 3].map((bits) => `${words}.${signature.slice(0, -1)}${LETTERS[lastOf(signature) + bits]}`),
    `${words}.${signature.slice(0, -1)}${LETTERS[(lastOf(signature) + 4) % 64]}`,
    writeLink('another key', good),
    writeLink(KEY, { ...good, until: Date.now() - 1 }),
    writeLink(KEY, { ...good, by: 't-0000000000' }),
    ...['x', `${words}.`, `.${signature}`, `${words}`, `${words}.${signature}x`],
    ...[`${words}.${signature}.${signature}`, '%00', 'x'.repeat(5000)],
  ])
    expect(await problemOf(await follow(`/api/v1/shared/${text}`)), text).toMatchObject({
      ...{ status: 404, code: 'access.bad-link' },
    });
  // It opens nothing else, by no other method, and is no token.
  const link = `${words}.${signature}`;
  expect((await follow(`/api/v1/shared/${link}`, { method: 'POST' })).status).toBe(401);
  expect((await follow(`/api/v1/jobs`, { headers: { authorization: `Bearer ${link}` } })).status).toBe(401);
});

test('a link is worth nothing when the token it was made with is not any more', async () => {
  const { id, token } = await server.post<{ id: string; token: string }>('/tokens', {
    ...{ role: 'viewer', name: 'a viewer' },
  });
  const headers = { authorization: `Bearer ${token}` };
  const { path } = await server.json<Link>('/links', { method: 'POST', body: { job }, headers });
  expect((await follow(path)).status).toBe(200);
  await server.json(`/tokens/${id}`, { method: 'DELETE' });
  expect(await problemOf(await follow(path))).toMatchObject({ code: 'access.bad-link' });
});

test('there are links to jobs that exist, for thirty days at most', async () => {
  const make = (body: object) => server.problem('/links', { method: 'POST', body });
  expect(await make({ job: 'job-none' })).toMatchObject({ code: 'job.unknown' });
  expect(await make({ job, expiresSeconds: 31 * 86_400 })).toMatchObject({ code: 'request.invalid' });
});

test.each(['text/html', 'image/svg+xml', 'text/javascript', 'application/xhtml+xml', 'nonsense', ''])(
  'a frame server that lies gives the page nothing to run: "%s" comes as bytes',
  async (lie) => {
    type = lie;
    const reply = await server.fetch(`/jobs/${job}/film`);
    expect(reply.headers.get('content-type')).toBe('application/octet-stream');
    expect(reply.headers.get('x-content-type-options')).toBe('nosniff');
    expect(reply.headers.get('location')).toBeNull();
    expect(reply.headers.getSetCookie()).toEqual([]);
  },
);

test('a frame server that joined cannot have the farm’s key sent to a place that it names', async () => {
  const liar = await Caller.joined(server, 'frames');
  const hello = { boot: 'frames-2-boot1', name: 'frames', containers: [], freeBytes: null, version: '0.1.0' };
  const say = (url: string | null) =>
    liar.ask('POST', '/frame-servers', JSON.stringify({ ...hello, id: liar.id, url, port: 9 }));
  for (const url of ['http://127.0.0.1:9', 'HTTP://localhost:9', 'ftp://127.0.0.1', 'file:///etc/passwd'])
    expect(await say(url), url).toMatchObject({ status: 400, code: 'request.invalid' });
  for (const url of ['https://127.0.0.1:9', null]) expect(await say(url)).toMatchObject({ status: 200 });
  await liar.close();
  // Nor does one that has the key have the manager ask elsewhere than by HTTP.
  for (const url of ['ftp://127.0.0.1', 'javascript:1']) {
    const body = { ...hello, id: 'frames-2', url, port: 9 };
    expect(await server.problem('/frame-servers', { method: 'POST', body }), url).toMatchObject({
      code: 'request.invalid',
    });
  }
});

test('a computer that was shut out is named to those who ask, once for each change', async () => {
  const worker = await Caller.joined(server, 'worker');
  const before = await server.json<{ mark: string; members: string[] }>('/shut-out');
  expect(before.members).not.toContain(worker.id);
  await server.json(`/members/${worker.id}`, { method: 'DELETE' });
  const after = await server.json<{ mark: string; members: string[] }>(`/shut-out?known=${before.mark}`);
  expect(after.members).toContain(worker.id);
  expect(await server.json(`/shut-out?known=${after.mark}`)).toEqual({ mark: after.mark, members: null });
  await worker.close();
});
