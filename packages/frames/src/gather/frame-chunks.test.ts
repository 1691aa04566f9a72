import { randomBytes } from 'node:crypto';
import { readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { blobsIn, sendBlobs } from '@akashganga/client';
import { frameHeaders } from '@akashganga/protocol';
import { describeFile } from '@akashganga/storage';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { FrameFarm, temporaryFolder } from '../fixtures/frames.fixture.ts';
import { frameChunks } from './frame-chunks.ts';

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

test('what a worker left long ago is taken away', async () => {
  await using home = await temporaryFolder();
  const chunks = frameChunks(home.path);
  await writeFile(join(home.path, 'old'), 'old');
  await writeFile(join(home.path, 'new'), 'new');
  const now = Date.now();
  await utimes(join(home.path, 'old'), 1, (now - 25 * 60 * 60_000) / 1000);
  await chunks.sweep(now);
  expect(await readdir(home.path)).toEqual(['new']);
});
