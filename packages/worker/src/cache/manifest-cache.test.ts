import { createCipheriv } from 'node:crypto';
import { mkdir, mkdtemp, open, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { blobsOfFile, type Digest, digestHex, type ManifestFile, manifestBytes } from '@akashganga/protocol';
import { describeFile, hashBytes, type Keeper, memoryKeeper, readBlob } from '@akashganga/storage';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FileStore } from './file-store.ts';
import { ManifestCache } from './manifest-cache.ts';

const MIB = 1024 * 1024;
const log = pino({ level: 'silent' });
const goOn = new AbortController().signal;

let folder = '';
let farm: Keeper;
let fetched: Digest[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'akashganga-cache-'));
  await mkdir(join(folder, 'home'));
  farm = memoryKeeper();
  fetched = [];
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Blobs straight out of a keeper, cut off after so many. */
function fetcher(stopAfter = Number.POSITIVE_INFINITY) {
  const get = (digest: Digest) => readBlob(farm, digest, 200 * MIB);
  return {
    fromManager: get,
    async fetch(wanted: ReadonlyMap<Digest, number>, take: (digest: Digest, bytes: Buffer) => Promise<void>) {
      for (const digest of wanted.keys()) {
        if (fetched.length >= stopAfter) throw new Error('killed');
        await take(digest, await get(digest));
        fetched.push(digest);
      }
      return { fromManager: 0, fromPeers: 0 };
    },
  };
}

async function openCache(options: { limit?: number; stopAfter?: number } = {}): Promise<ManifestCache> {
  const cache = new ManifestCache({
    store: new FileStore(join(folder, 'files')),
    placedFolder: join(folder, 'placed'),
    fetcher: fetcher(options.stopAfter),
    limit: options.limit ?? 1e12,
    floor: 0,
    log,
  });
  await cache.load();
  return cache;
}

function noise(size: number, seed: number): Buffer {
  return createCipheriv('aes-128-ctr', Buffer.alloc(16, seed), Buffer.alloc(16)).update(Buffer.alloc(size));
}

async function fileOf(path: string, bytes: Buffer): Promise<ManifestFile> {
  const at = join(folder, 'home', 'file');
  await writeFile(at, bytes);
  const file = { path, ...(await describeFile(at)) };
  let offset = 0;
  for (const { digest, size } of blobsOfFile(file)) {
    await farm.put(digest, one(bytes.subarray(offset, offset + size)));
    offset += size;
  }
  return file;
}

async function keep(files: readonly ManifestFile[]): Promise<Digest> {
  const bytes = manifestBytes(files);
  await farm.put(hashBytes(bytes), one(bytes));
  return hashBytes(bytes);
}

async function* one(bytes: Buffer) {
  yield bytes;
}

/** Everything below the cache's folders but folders. */
async function filesIn(name: string): Promise<string[]> {
  const all = await readdir(join(folder, name), { recursive: true, withFileTypes: true });
  return all.filter((entry) => entry.isFile()).map((entry) => entry.name);
}

test('files appear read-only under their names, small and large ones, and programs can be run', async () => {
  const large = noise(10 * MIB, 1);
  const digest = await keep([
    await fileOf('scene.blend', large),
    await fileOf('textures/wood.png', Buffer.from('wood')),
    { ...(await fileOf('bin/blender', Buffer.from('#!/bin/sh'))), executable: true },
    await fileOf('bin/readme', Buffer.from('#!/bin/sh')),
    await fileOf('empty', Buffer.alloc(0)),
  ]);
  const cache = await openCache();
  const placed = await cache.open(digest, goOn);
  expect((await readFile(join(placed.folder, 'scene.blend'))).equals(large)).toBe(true);
  expect(await readFile(join(placed.folder, 'textures/wood.png'), 'utf8')).toBe('wood');
  const mode = async (path: string) => (await stat(join(placed.folder, path))).mode & 0o777;
  expect(await mode('scene.blend')).toBe(0o444);
  expect(await mode('bin/blender')).toBe(0o555);
  expect(await mode('bin/readme')).toBe(0o444);
  expect((await stat(join(placed.folder, 'empty'))).size).toBe(0);
});

test('what is here is fetched once, also by two at the same time and after a restart', async () => {
  const digest = await keep([await fileOf('a', noise(6 * MIB, 2)), await fileOf('b', Buffer.from('b'))]);
  const cache = await openCache();
  const [a, b] = await Promise.all([cache.open(digest, goOn), cache.open(digest, goOn)]);
  expect(a.folder).toBe(b.folder);
  const count = fetched.length;
  expect(new Set(fetched).size).toBe(count);
  await (await openCache()).open(digest, goOn);
  expect(fetched.length).toBe(count);
});

test('after a kill only what was not verified is fetched again', async () => {
  const file = await fileOf('a', noise(20 * MIB, 3));
  const digest = await keep([file]);
  await expect((await openCache({ stopAfter: 7 })).open(digest, goOn)).rejects.toThrow('killed');
  // One of the chunks that had arrived was damaged on the disk meanwhile.
  const part = join(folder, 'files', digestHex(file.digest).slice(0, 2), `${digestHex(file.digest)}.part`);
  const handle = await open(part, 'r+');
  await handle.write(Buffer.from('damage'), 0, 6, 10);
  await handle.close();
  await (await openCache()).open(digest, goOn);
  expect(fetched.length).toBe((file.chunks?.length ?? 0) + 1);
  expect(fetched.filter((one) => one === file.chunks?.[0]?.digest).length).toBe(2);
});

test('chunks that lie here in another file are not fetched', async () => {
  const bytes = noise(20 * MIB, 4);
  const cache = await openCache();
  await cache.open(await keep([await fileOf('a', bytes)]), goOn);
  const before = fetched.length;
  const edited = Buffer.concat([bytes.subarray(0, 9 * MIB), Buffer.alloc(100, 1), bytes.subarray(9 * MIB)]);
  const { folder: placed } = await cache.open(await keep([await fileOf('a', edited)]), goOn);
  expect((await readFile(join(placed, 'a'))).equals(edited)).toBe(true);
  expect(fetched.length - before).toBeLessThanOrEqual(3);
  // Also when another process fetched the first one.
  const again = Buffer.concat([bytes.subarray(0, 3 * MIB), Buffer.alloc(9, 2), bytes.subarray(3 * MIB)]);
  const middle = fetched.length;
  await (await openCache()).open(await keep([await fileOf('a', again)]), goOn);
  expect(fetched.length - middle).toBeLessThanOrEqual(3);
});

test('the least recently used goes when the cache is full, and never what is held', async () => {
  const cache = await openCache({ limit: 14 * MIB });
  const scenes = await Promise.all([]);
  for (const seed of [10, 11, 12, 13]) {
    const file = await fileOf('scene.blend', noise(5 * MIB, seed));
    scenes.push((await keep([file])) as never);
  }
  const [first, second, third, fourth] = scenes as Digest[];
  const placedNames = async () => new Set(await readdir(join(folder, 'placed')));
  const held = await cache.open(first as Digest, goOn);
  (await cache.open(second as Digest, goOn)).release();
  const old = new Date(Date.now() - 1e6);
  for (const name of await placedNames()) await utimes(join(folder, 'placed', name), old, old);
  (await cache.open(third as Digest, goOn)).release();
  const names = await placedNames();
  expect(names.has(digestHex(first as Digest))).toBe(true);
  expect(names.has(digestHex(second as Digest))).toBe(false);
  expect(names.has(digestHex(third as Digest))).toBe(true);
  held.release();
  (await cache.open(fourth as Digest, goOn)).release();
  expect((await placedNames()).has(digestHex(first as Digest))).toBe(false);
});

test.each<[string, (file: ManifestFile) => unknown]>([
  ['leaves its folder', (file) => [{ ...file, path: '../evil' }]],
  ['begins at the root', (file) => [{ ...file, path: '/tmp/evil' }]],
  ['holds a NUL', (file) => [{ ...file, path: 'evil\0' }]],
  ['is a device of Windows', (file) => [{ ...file, path: 'dir/NUL.txt' }]],
  ['is too long', (file) => [{ ...file, path: 'e'.repeat(300) }]],
  ['is there twice but for case', (file) => [file, { ...file, path: file.path.toUpperCase() }]],
  ['lies below a file', (file) => [file, { ...file, path: `${file.path}/evil` }]],
  ['is smaller than it says', (file) => [{ ...file, size: file.size + 1 }]],
  ['is larger than it says', (file) => [{ ...file, size: file.size - 1 }]],
])('a manifest with a path that %s is refused, and nothing is placed', async (_, lie) => {
  const file = await fileOf('file', Buffer.from('some bytes'));
  const bytes = Buffer.from(JSON.stringify({ version: 1, files: lie(file) }));
  await farm.put(hashBytes(bytes), one(bytes));
  const cache = await openCache();
  await expect(cache.open(hashBytes(bytes), goOn)).rejects.toMatchObject({ code: 'manifest.invalid' });
  expect(await filesIn('placed')).toEqual([]);
  expect(await readdir(join(folder, 'placed'))).toEqual([]);
});

test('chunks that do not make up the file they should are refused, and nothing of it is kept', async () => {
  const file = await fileOf('a', noise(10 * MIB, 5));
  const lie = { ...file, digest: hashBytes(Buffer.from('something else')) };
  const digest = await keep([lie]);
  await expect((await openCache()).open(digest, goOn)).rejects.toMatchObject({ code: 'manifest.invalid' });
  expect(await filesIn('placed')).toEqual([]);
  expect((await filesIn('files')).filter((name) => name !== digestHex(digest))).toEqual([]);
});

test('what is not wanted any more is not fetched to its end', async () => {
  const digest = await keep([await fileOf('a', Buffer.from('a'))]);
  const cache = await openCache();
  await expect(cache.open(digest, AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
  expect(await filesIn('placed')).toEqual([]);
  (await cache.open(digest, goOn)).release();
});
