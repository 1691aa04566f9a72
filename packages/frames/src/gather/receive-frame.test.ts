import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { hashBytes } from '@akashganga/storage';
import { expect, test } from 'vitest';
import { unfinishedFolder } from '../files/job-paths.ts';
import { makePng, silent, temporaryFolder, testDecoders } from '../fixtures/frames.fixture.ts';
import { JobShelf } from './job-shelf.ts';
import { type Delivery, receiveFrame } from './receive-frame.ts';
import { takeTurns } from './take-turns.ts';

test('a full disk is said so, leaves nothing, and the frame is taken when there is room', async () => {
  await using folder = await temporaryFolder();
  await mkdir(unfinishedFolder(folder.path));
  const shelf = new JobShelf(folder.path);
  const stored: string[] = [];
  await using decoders = await testDecoders(folder.path);
  const room = {
    onFull: () => undefined,
    folder: folder.path,
    shelf,
    decoders,
    largestFrame: 1e6,
    log: silent,
    turns: takeTurns(1),
  };
  const png = await makePng();
  const facts = { job: 'job-1', frame: 1, digest: hashBytes(png), extension: '.png', size: null } as const;
  const delivery: Omit<Delivery, 'bytes'> = {
    ...facts,
    lease: null,
    worker: null,
    seconds: null,
    memory: null,
    replace: false,
  };
  async function* full() {
    yield png.subarray(0, 50);
    throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
  }
  async function* whole() {
    yield png;
  }
  const receive = (bytes: AsyncIterable<Uint8Array>) =>
    receiveFrame({ ...room, onStored: (job) => stored.push(job) }, { ...delivery, bytes });
  await expect(receive(full())).rejects.toMatchObject({ code: 'disk.full', status: 507 });
  expect(await readdir(unfinishedFolder(folder.path))).toEqual([]);
  expect(stored).toEqual([]);
  expect((await receive(whole())).kept).toBe(true);
  expect(await readdir(join(folder.path, 'jobs', 'job-1', 'frames'))).toEqual(['0001.png']);
  expect(stored).toEqual(['job-1']);
});
