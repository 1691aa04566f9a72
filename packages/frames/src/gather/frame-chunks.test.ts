import { randomBytes } from 'node:crypto';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { blobsIn, sendBlobs } from '@akashganga/client';
import { frameHeaders, WorkerId } from '@akashganga/protocol';
import { describeFile, hashBytes } from '@akashganga/storage';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { FrameFarm, temporaryFolder } from '../fixtures/frames.fixture.ts';
import { LOCAL_SENDER, openFrameChunks } from './frame-chunks.ts';

async function filesBelow(folder: string): Promise<string[]> {
  const all = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return all.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

test('a large frame that comes in chunks is kept once and whole, and its chunks are gone then', async () => {
  await using farm = await FrameFarm.start();
  await using home = await temporaryFolder();
  const [width, height] = [1600, 1200];
  const raw = { width, height, channels: 3 } as const;
  const png = await sharp(randomBytes(width * height * 3), { raw })
    .png({ compressionLevel: 0 })
    .toBuffer();
  const path = join(home.path, 'picture.png');
  await writeFile(path, png);
  const facts = await describeFile(path);
  expect(facts.chunks?.length).toBeGreaterThan(1);
  const list = Buffer.from(JSON.stringify({ chunks: facts.chunks }));
  const deliver = async () => {
    const reply = await farm.client.send({
      ...{ method: 'PUT', path: '/api/v1/jobs/job-1/frames/1', body: list },
      headers: {
        ...{ [frameHeaders.digest]: facts.digest, [frameHeaders.extension]: '.png' },
        ...{ [frameHeaders.chunks]: '1', 'content-type': 'application/json' },
      },
    });
    return reply.body.json();
  };
  // Before they are there nothing is kept.
  await expect(deliver()).rejects.toMatchObject({ code: 'blob.unknown' });
  expect(await readdir(join(farm.folder, 'jobs', 'job-1', 'frames')).catch(() => [])).toEqual([]);
  const blobs = blobsIn(path, facts);
  // The connection breaks after one of them.
  await sendBlobs(farm.client, blobs.slice(0, 1));
  expect((await sendBlobs(farm.client, blobs)).sent).toBe(blobs.length - 1);
  expect(await deliver()).toEqual({ digest: facts.digest, kept: true });
  const kept = await farm.get('/jobs/job-1/frames/1/image');
  expect(Buffer.from(await kept.arrayBuffer()).equals(png)).toBe(true);
  expect(await filesBelow(join(farm.folder, 'chunks'))).toEqual([]);
  await sendBlobs(farm.client, blobs);
  expect(await deliver()).toEqual({ digest: facts.digest, kept: false });
});

test('a chunk that lies about what it is, or is too large, is refused and not kept', async () => {
  await using farm = await FrameFarm.start();
  const put = (body: Buffer) =>
    farm.client.send({ method: 'PUT', path: `/api/v1/blobs/sha256:${'0'.repeat(64)}`, body });
  await expect(put(Buffer.from('a lie'))).rejects.toMatchObject({ code: 'blob.wrong-digest' });
  await expect(put(Buffer.alloc(5 * 1024 * 1024))).rejects.toMatchObject({ code: 'request.too-large' });
  expect(await filesBelow(join(farm.folder, 'chunks'))).toEqual([]);
});

const MINUTE = 60_000;

async function* bytesOf(bytes: Buffer) {
  yield bytes;
}

test('what a worker left is taken away when it has sent nothing for two hours, also after a start', async () => {
  await using home = await temporaryFolder();
  let now = Date.now();
  const open = () => openFrameChunks({ folder: home.path, largestFrame: 1e6, now: () => now });
  const chunks = await open();
  const [gone, busy, left] = [randomBytes(100), randomBytes(100), randomBytes(100)];
  await chunks.put('w-gone', hashBytes(gone), bytesOf(gone));
  await chunks.put('w-busy', hashBytes(busy), bytesOf(busy));
  now += 100 * MINUTE;
  await chunks.put('w-busy', hashBytes(left), bytesOf(left));
  now += 30 * MINUTE;
  await chunks.sweep();
  expect(await chunks.missing('w-gone', [hashBytes(gone)])).toEqual([hashBytes(gone)]);
  expect(await chunks.missing('w-busy', [hashBytes(busy), hashBytes(left)])).toEqual([]);
  const after = await open();
  expect(await after.missing('w-busy', [hashBytes(busy)])).toEqual([]);
  now += 121 * MINUTE;
  await after.sweep();
  expect(await filesBelow(home.path)).toEqual([]);
});

test('a worker leaves the bytes of three frames at most, and pushes out only what it sent itself', async () => {
  await using home = await temporaryFolder();
  const largestFrame = 1024 * 1024;
  const chunks = await openFrameChunks({ folder: home.path, largestFrame, now: Date.now });
  const honest = randomBytes(300_000);
  await chunks.put('w-honest', hashBytes(honest), bytesOf(honest));
  const flood = Array.from({ length: 14 }, () => randomBytes(300_000));
  for (const bytes of flood) await chunks.put('w-liar', hashBytes(bytes), bytesOf(bytes));
  const lacking = await chunks.missing('w-liar', flood.map(hashBytes));
  expect(lacking).toEqual(flood.slice(0, 4).map(hashBytes));
  expect(await chunks.missing('w-honest', [hashBytes(honest)])).toEqual([]);
  // Many files are as bad as large ones.
  for (let at = 0; at < 100; at += 1) {
    const tiny = randomBytes(10);
    await chunks.put('w-tiny', hashBytes(tiny), bytesOf(tiny));
  }
  expect(await filesBelow(join(home.path, 'w-tiny'))).toHaveLength(48);
});

test('nobody sees, takes or deletes the chunks of another', async () => {
  await using home = await temporaryFolder();
  const chunks = await openFrameChunks({ folder: home.path, largestFrame: 1e6, now: Date.now });
  const bytes = randomBytes(100);
  const chunk = { digest: hashBytes(bytes), size: bytes.length };
  await chunks.put('w-1', chunk.digest, bytesOf(bytes));
  expect(await chunks.missing('w-2', [chunk.digest])).toEqual([chunk.digest]);
  await expect(async () => {
    for await (const _ of chunks.read('w-2', [chunk]));
  }).rejects.toMatchObject({ code: 'blob.unknown' });
  await chunks.drop('w-2', [chunk]);
  expect(await chunks.missing('w-1', [chunk.digest])).toEqual([]);
});

test('a worker has so many chunks on their way at a time and no more, and others are not kept from theirs', async () => {
  await using home = await temporaryFolder();
  const chunks = await openFrameChunks({ folder: home.path, largestFrame: 1e6, now: Date.now });
  let goOn: () => void = () => undefined;
  const promise = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  async function* slowly(bytes: Buffer) {
    await promise;
    yield bytes;
  }
  const slow = Array.from({ length: 64 }, () => randomBytes(10));
  const under = slow.map((bytes) => chunks.put('w-liar', hashBytes(bytes), slowly(bytes)));
  const one = randomBytes(10);
  const put = (sender: string) => chunks.put(sender, hashBytes(one), bytesOf(one));
  await expect(put('w-liar')).rejects.toMatchObject({ code: 'caller.too-many-open', retry: 'later' });
  await put('w-honest');
  goOn();
  await Promise.all(under);
  await put('w-liar');
});

test('no worker can be called what this computer is called, whose chunks are not bounded', () => {
  expect(WorkerId.safeParse(LOCAL_SENDER).success).toBe(false);
});
