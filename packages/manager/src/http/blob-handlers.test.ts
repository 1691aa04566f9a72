import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { API_PREFIX, type Digest } from '@akashganga/protocol';
import { hashBytes } from '@akashganga/storage';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { KEY, problemOf, TestServer } from './http.fixture.ts';

let server: TestServer;
beforeAll(async () => {
  server = await TestServer.standingBy();
});
afterAll(() => server.close());

const put = (digest: Digest, body: Uint8Array) => server.fetch(`/blobs/${digest}`, { method: 'PUT', body });

/** Every file below the keeper's folder. */
async function files(): Promise<string[]> {
  const all = await readdir(join(server.folder, 'blobs'), { recursive: true, withFileTypes: true });
  return all.filter((entry) => entry.isFile()).map((entry) => entry.name);
}

test('a blob that is sent is there, whole and in parts', async () => {
  const bytes = randomBytes(300_000);
  const digest = hashBytes(bytes);
  expect((await put(digest, bytes)).status).toBe(200);
  const whole = await server.fetch(`/blobs/${digest}`);
  expect(Buffer.from(await whole.arrayBuffer()).equals(bytes)).toBe(true);
  expect(whole.headers.get('content-length')).toBe('300000');
  const part = await server.fetch(`/blobs/${digest}`, { headers: { range: 'bytes=100-199' } });
  expect(part.status).toBe(206);
  expect(part.headers.get('content-range')).toBe('bytes 100-199/300000');
  expect(Buffer.from(await part.arrayBuffer()).equals(bytes.subarray(100, 200))).toBe(true);
  const rest = await server.fetch(`/blobs/${digest}`, { headers: { range: 'bytes=299990-' } });
  expect(Buffer.from(await rest.arrayBuffer()).equals(bytes.subarray(299_990))).toBe(true);
  const beyond = await server.fetch(`/blobs/${digest}`, { headers: { range: 'bytes=299990-999999' } });
  expect((await beyond.arrayBuffer()).byteLength).toBe(10);
  const odd = await server.fetch(`/blobs/${digest}`, { headers: { range: 'bytes=5-1,9-' } });
  expect([odd.status, (await odd.arrayBuffer()).byteLength]).toEqual([200, 300_000]);
});

test('an empty blob is a blob', async () => {
  const digest = hashBytes(Buffer.alloc(0));
  expect((await put(digest, new Uint8Array())).status).toBe(200);
  expect((await (await server.fetch(`/blobs/${digest}`)).arrayBuffer()).byteLength).toBe(0);
});

test('a blob that is sent again is kept once, and its connection stays good', async () => {
  const bytes = randomBytes(1000);
  const digest = hashBytes(bytes);
  const before = (await files()).length;
  for (let time = 0; time < 3; time += 1) expect((await put(digest, bytes)).status).toBe(200);
  expect((await files()).length).toBe(before + 1);
});

test('a blob of more than 4 MiB is refused, and nothing of it is left', async () => {
  const before = await files();
  const bytes = randomBytes(4 * 1024 * 1024 + 1);
  const problem = await problemOf(await put(hashBytes(bytes), bytes));
  expect(problem).toMatchObject({ status: 413, code: 'request.too-large' });
  expect(await files()).toEqual(before);
});

test('so is one that does not say how long it is', async () => {
  const before = await files();
  const piece = randomBytes(1024 * 1024);
  const status = await new Promise<number | string>((answered) => {
    const sending = request({
      ...{ host: '127.0.0.1', port: server.port, method: 'PUT' },
      path: `${API_PREFIX}/blobs/${hashBytes(piece)}`,
      headers: { authorization: `Bearer ${KEY}`, 'transfer-encoding': 'chunked' },
    });
    sending.on('response', (response) => answered(response.statusCode ?? 0));
    sending.on('error', (error: NodeJS.ErrnoException) => answered(error.code ?? 'broken'));
    const more = () => {
      while (!sending.destroyed && sending.write(piece));
    };
    sending.on('drain', more);
    more();
  });
  expect([413, 'EPIPE', 'ECONNRESET']).toContain(status);
  for (let tries = 0; tries < 100 && (await files()).length !== before.length; tries += 1)
    await new Promise((next) => setTimeout(next, 20));
  expect(await files()).toEqual(before);
});

test('a manifest may be larger, also when the colon of its name is escaped', async () => {
  const bytes = randomBytes(33 * 1024 * 1024);
  const digest = hashBytes(bytes);
  const reply = await server.fetch(`/blobs/${encodeURIComponent(digest)}?kind=manifest`, {
    method: 'PUT',
    body: bytes,
  });
  expect(reply.status).toBe(200);
  const head = await server.fetch(`/blobs/${encodeURIComponent(digest)}`, {
    headers: { range: 'bytes=0-9' },
  });
  expect(Buffer.from(await head.arrayBuffer()).equals(bytes.subarray(0, 10))).toBe(true);
});

test('bytes that are not what their name says are refused, and nothing of them is left', async () => {
  const before = await files();
  const digest = hashBytes(Buffer.from('the truth'));
  const problem = await problemOf(await put(digest, Buffer.from('a lie')));
  expect(problem).toMatchObject({ status: 422, code: 'blob.wrong-digest', retry: 'later' });
  expect(await files()).toEqual(before);
  expect(await server.problem(`/blobs/${digest}`)).toMatchObject({ status: 404, code: 'blob.unknown' });
});

test('a body that is cut leaves nothing', async () => {
  const before = await files();
  const bytes = randomBytes(200_000);
  const digest = hashBytes(bytes);
  await new Promise<void>((ended) => {
    const sending = request({
      ...{ host: '127.0.0.1', port: server.port, method: 'PUT', path: `${API_PREFIX}/blobs/${digest}` },
      headers: { authorization: `Bearer ${KEY}`, 'content-length': bytes.length },
    });
    sending.on('error', () => undefined);
    sending.on('close', () => ended());
    sending.write(bytes.subarray(0, 100_000));
    setTimeout(() => sending.destroy(), 100);
  });
  // What was begun is taken away as soon as the cut is noticed.
  for (let tries = 0; tries < 100 && (await files()).length !== before.length; tries += 1)
    await new Promise((next) => setTimeout(next, 20));
  expect(await files()).toEqual(before);
  expect(await server.post('/blobs/missing', { digests: [digest] })).toEqual({ missing: [digest] });
});

test('the farm says which blobs it lacks, each once', async () => {
  const here = randomBytes(10);
  await put(hashBytes(here), here);
  const lacking = hashBytes(randomBytes(10));
  const reply = await server.post('/blobs/missing', { digests: [lacking, hashBytes(here), lacking] });
  expect(reply).toEqual({ missing: [lacking] });
});
