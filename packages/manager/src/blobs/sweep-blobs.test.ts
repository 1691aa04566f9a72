import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Digest, manifestBytes } from '@akashganga/protocol';
import { blobPath, hashBytes, localKeeper } from '@akashganga/storage';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sweepBlobs } from './sweep-blobs.ts';

const HOUR = 60 * 60_000;
const now = Date.now();
const long = new Date(now - 30 * HOUR);

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'akashganga-sweep-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A blob that came long ago. */
async function keep(bytes: Buffer): Promise<Digest> {
  const digest = hashBytes(bytes);
  await localKeeper(folder).put(
    digest,
    (async function* () {
      yield bytes;
    })(),
  );
  await utimes(blobPath(folder, digest), long, long);
  return digest;
}

async function scene(...texts: string[]): Promise<Digest> {
  const files = texts.map((text) => ({
    path: text,
    digest: hashBytes(Buffer.from(text)),
    size: text.length,
  }));
  for (const text of texts) await keep(Buffer.from(text));
  return keep(manifestBytes(files));
}

const sweep = (manifests: Digest[]) => sweepBlobs({ folder, manifests, now, grace: 24 * HOUR });
const holds = (text: string) => localKeeper(folder).size(hashBytes(Buffer.from(text)));

test('what a job needs stays, also when another that shared it is gone', async () => {
  const kept = await scene('mine', 'shared');
  await scene('theirs', 'shared');
  expect((await sweep([kept])).blobs).toBe(2);
  expect([await holds('mine'), await holds('shared'), await holds('theirs')]).toEqual([4, 6, null]);
  expect((await sweep([kept])).blobs).toBe(0);
});

test('what was sent or asked after lately stays: its job may be on its way', async () => {
  const digest = await keep(Buffer.from('asked after'));
  const fresh = Buffer.from('just sent');
  await keep(fresh);
  await utimes(blobPath(folder, hashBytes(fresh)), new Date(now), new Date(now));
  expect(await localKeeper(folder, { touchAfter: HOUR }).has(digest)).toBe(true);
  expect((await sweep([])).blobs).toBe(0);
});

test('half files of a manager that was killed go', async () => {
  const digest = await keep(Buffer.from('x'));
  const half = join(blobPath(folder, digest), '..', '.abc.part');
  await writeFile(half, 'half');
  await utimes(half, long, long);
  await sweep([]);
  expect(
    (await readdir(folder, { recursive: true, withFileTypes: true })).filter((one) => one.isFile()),
  ).toEqual([]);
});

test('a job whose manifest is lost hinders nothing', async () => {
  const kept = await scene('mine');
  await sweep([hashBytes(Buffer.from('lost')), kept]);
  expect(await holds('mine')).toBe(4);
});
