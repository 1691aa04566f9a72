import { createCipheriv } from 'node:crypto';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { blobsIn, FarmClient, sendBlobs } from '@akashganga/client';
import { blobRoutes, type Digest, FarmError, type ManifestFile, manifestBytes } from '@akashganga/protocol';
import { describeFile, hashBytes } from '@akashganga/storage';
import { KeptBytes } from '@akashganga/worker';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BadLink } from './processes/bad-link.ts';
import { TestFarm } from './processes/test-farm.ts';
import { TestFolder } from './processes/test-folder.ts';

// Links that are cut at every kind of place, slow ones, and ones that turn bits over: everything arrives as it
// was sent, or it is said that it does not, and nothing else is ever placed.
const MIB = 1024 * 1024;
const log = pino({ level: 'silent' });
const goOn = new AbortController().signal;
const CUTS = [0, 1, 17, 200, 450, 1000, 20_000, 300_000, 900_000, 2_000_000];

let folder: TestFolder;
let farm: TestFarm;
let count = 0;
beforeAll(async () => {
  folder = await TestFolder.make();
  farm = await TestFarm.start(folder, { workers: 0, frames: false });
});
afterAll(async () => {
  await farm[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

interface Sent {
  readonly path: string;
  readonly bytes: Buffer;
  readonly file: ManifestFile;
  readonly manifest: Buffer;
  readonly digest: Digest;
}

/** A file nobody has seen before, of several chunks. */
async function newFile(size = 6 * MIB): Promise<Sent> {
  count += 1;
  const seed = Buffer.alloc(16, count);
  const bytes = createCipheriv('aes-128-ctr', seed, seed).update(Buffer.alloc(size));
  const path = folder.join(`file-${count}`);
  await writeFile(path, bytes);
  const file = { path: 'scene.blend', ...(await describeFile(path)) };
  const manifest = manifestBytes([file]);
  return { path, bytes, file, manifest, digest: hashBytes(manifest) };
}

async function send(client: FarmClient, { path, file, manifest, digest }: Sent) {
  const blobs = [...blobsIn(path, file), { digest, bytes: manifest, size: manifest.length }];
  return sendBlobs(client, blobs);
}

async function sentFile(size?: number): Promise<Sent> {
  const sent = await newFile(size);
  await send(farm.client, sent);
  return sent;
}

async function worker(url: string, give = false): Promise<KeptBytes & AsyncDisposable> {
  count += 1;
  const client = new FarmClient({ url, key: farm.key });
  const kept = new KeptBytes({
    ...{ folder: folder.join(`kept-${count}`), client, key: farm.key, log, limit: 1e12 },
    ...{ worker: `worker-${count}`, boot: `boot-${count}` },
    give: give ? { host: '127.0.0.1', port: 0 } : null,
  });
  await kept.start();
  return Object.assign(kept, {
    async [Symbol.asyncDispose]() {
      await kept.close();
      await client.close();
    },
  });
}

async function expectPlaced(kept: KeptBytes, { digest, bytes }: Sent): Promise<void> {
  const placed = await kept.cache.open(digest, goOn);
  expect((await readFile(join(placed.folder, 'scene.blend'))).equals(bytes)).toBe(true);
  placed.release();
}

test('an upload that is cut again and again arrives, and what had arrived is not sent twice', async () => {
  await using link = await BadLink.to(farm.port);
  await using client = new FarmClient({ url: link.url, key: farm.key });
  link.fault = { cutUp: (number) => CUTS[number] ?? null };
  const sent = await newFile(12 * MIB);
  await send(client, sent);
  expect(link.connections).toBeGreaterThan(CUTS.length);
  expect(link.up).toBeLessThan(12 * MIB + CUTS.reduce((a, b) => a + b, 0) + 12 * 4 * MIB);
  const before = link.up;
  expect(await send(client, sent)).toEqual({ sent: 0, bytes: 0 });
  expect(link.up - before).toBeLessThan(10_000);
  await using kept = await worker(farm.url);
  await expectPlaced(kept, sent);
});

test('an upload whose answers are cut off arrives too', async () => {
  await using link = await BadLink.to(farm.port);
  await using client = new FarmClient({ url: link.url, key: farm.key });
  link.fault = { cutDown: (number) => [0, 1, 20, 100, 200][number] ?? null };
  const sent = await newFile();
  await send(client, sent);
  await using kept = await worker(farm.url);
  await expectPlaced(kept, sent);
});

test('turned bits on the way up are noticed: it arrives as it was or it is said', async () => {
  await using link = await BadLink.to(farm.port);
  await using client = new FarmClient({ url: link.url, key: farm.key });
  link.fault = { flipUpEvery: 700_001 };
  const sent = await newFile();
  const calm = setTimeout(() => {
    link.fault = {};
    link.cut();
  }, 1500);
  const problem = await send(client, sent).then(
    () => null,
    (error: unknown) => error,
  );
  clearTimeout(calm);
  if (problem) expect(problem).toBeInstanceOf(FarmError);
  await send(farm.client, sent);
  await using kept = await worker(farm.url);
  await expectPlaced(kept, sent);
});

test('a download that is cut again and again arrives', async () => {
  const sent = await sentFile();
  await using link = await BadLink.to(farm.port);
  link.fault = { cutDown: (number) => CUTS[number] ?? null };
  await using kept = await worker(link.url);
  await expectPlaced(kept, sent);
  expect(link.connections).toBeGreaterThan(CUTS.length);
  // A stream that breaks goes on where it broke.
  expect(link.down).toBeLessThan(6 * MIB + 8 * MIB);
});

test('turned bits on the way down are noticed, and nothing wrong is placed', async () => {
  const sent = await sentFile();
  await using link = await BadLink.to(farm.port);
  link.fault = { flipDownEvery: 5_000_003 };
  await using kept = await worker(link.url);
  const problem = await kept.cache.open(sent.digest, goOn).then(
    () => null,
    (error: unknown) => error,
  );
  if (problem) expect(problem).toBeInstanceOf(FarmError);
  link.fault = {};
  link.cut();
  await expectPlaced(kept, sent);
});

test('a slow link is only slow', async () => {
  const sent = await sentFile(5 * MIB);
  await using link = await BadLink.to(farm.port);
  link.fault = { rate: 2 * MIB };
  await using kept = await worker(link.url);
  await expectPlaced(kept, sent);
});

test('what one worker has, another fetches from it and not from the manager', async () => {
  const sent = await sentFile(12 * MIB);
  await using first = await worker(farm.url, true);
  await expectPlaced(first, sent);
  await using link = await BadLink.to(farm.port);
  await using second = await worker(link.url, true);
  await expectPlaced(second, sent);
  expect(link.down).toBeLessThan(100_000);
});

test('a worker that lies, and one that does not answer, cost little: the rest comes from the manager', async () => {
  const sent = await sentFile(12 * MIB);
  let asked = 0;
  const liar = createServer((_, response) => {
    asked += 1;
    response.end(Buffer.alloc(100, 1));
  });
  await new Promise<void>((ready) => liar.listen(0, '127.0.0.1', ready));
  const has = (sent.file.chunks ?? []).map(({ digest }) => digest);
  const say = (worker: string, port: number) =>
    farm.client.call(blobRoutes.sources, {
      body: { worker, boot: 'boot-1', port, wants: [], most: 0, has, gone: [], avoid: [] },
    });
  await say('the-liar', (liar.address() as AddressInfo).port);
  await say('the-dead', 1);
  await using kept = await worker(farm.url, true);
  await expectPlaced(kept, sent);
  // Those that were under way when the first lie was seen.
  expect(asked).toBeLessThanOrEqual(8);
  await new Promise((closed) => liar.close(closed));
});

test('who has not the key of the farm is given nothing by a worker', async () => {
  const sent = await sentFile();
  await using kept = await worker(farm.url, true);
  await expectPlaced(kept, sent);
  const { sources } = await farm.client.call(blobRoutes.sources, {
    body: {
      ...{ worker: 'someone', boot: 'boot-1', port: null, has: [], gone: [], avoid: [] },
      wants: [(sent.file.chunks ?? [])[0]?.digest ?? ''],
      most: 1,
    },
  });
  const url = sources[0]?.peers[0]?.url;
  const path = `${url}/api/v1/blobs/${(sent.file.chunks ?? [])[0]?.digest}`;
  const ask = async (headers: Record<string, string>, method = 'GET', at = path) =>
    (await fetch(at, { headers, method })).status;
  expect(await ask({})).toBe(401);
  expect(await ask({ authorization: 'Bearer wrong' })).toBe(401);
  const authorization = `Bearer ${farm.key}`;
  expect(await ask({ authorization })).toBe(200);
  expect(await ask({ authorization }, 'PUT')).toBe(404);
  expect(await ask({ authorization }, 'GET', `${url}/api/v1/blobs/../../identity.json`)).toBe(404);
  expect(await ask({ authorization }, 'GET', `${url}/api/v1/blobs/sha256:${'0'.repeat(64)}`)).toBe(404);
});

test('a file that changes or vanishes while it is sent is named, and nothing wrong arrives', async () => {
  const changed = await newFile();
  await writeFile(changed.path, Buffer.concat([changed.bytes.subarray(1), Buffer.from('x')]));
  await expect(send(farm.client, changed)).rejects.toMatchObject({
    code: 'scene.file-changed',
    details: { path: changed.path },
  });
  const gone = await newFile();
  await rm(gone.path);
  await expect(send(farm.client, gone)).rejects.toMatchObject({ code: 'scene.file-changed' });
  const short = await newFile();
  await writeFile(short.path, short.bytes.subarray(0, 1000));
  await expect(send(farm.client, short)).rejects.toMatchObject({ code: 'scene.file-changed' });
});

test('nothing half is left at the manager by all this', async () => {
  const names = await readdir(folder.join('manager/manager/blobs'), { recursive: true });
  expect(names.length).toBeGreaterThan(20);
  expect(names.filter((name) => name.endsWith('.part'))).toEqual([]);
});
