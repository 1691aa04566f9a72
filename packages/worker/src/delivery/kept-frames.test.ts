import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Lease } from '@akashganga/protocol';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FrameOutbox, type StoredParcel } from './frame-outbox.ts';
import { KeptFrames } from './kept-frames.ts';

const BYTES = 1000;
const about = { id: 'lease-9', job: 'job-1', frameServer: 'http://two:1' };
const AGAIN = { ...about, replace: false, pass: 'leave to deliver' } as Lease;

let folder: string;
let outbox: FrameOutbox;
let now = 1_790_000_000_000;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'akg-kept-'));
  outbox = new FrameOutbox(join(folder, 'outbox'));
  await outbox.load();
});
afterEach(() => rm(folder, { recursive: true }));

async function keptFrames(limit = 10 * BYTES): Promise<KeptFrames> {
  const kept = new KeptFrames({ folder: join(folder, 'delivered'), outbox, limit, now: () => now });
  await kept.load();
  return kept;
}

/** A frame that was rendered and packed, as it lies in the outbox. */
async function packed(frame: number, job = 'job-1', lease = 'lease-1'): Promise<StoredParcel> {
  const file = join(folder, `${frame}.png`);
  await writeFile(file, Buffer.alloc(BYTES, frame));
  const taken = await outbox.take({ file, extras: [] }, { job, frame });
  const facts = {
    width: 1,
    height: 1,
    seconds: 1,
    memory: null,
    replace: false,
    linger: 0,
    pass: '',
    log: 'said much',
  };
  return outbox.pack(taken, { ...facts, job, frame, lease, frameServer: 'http://one:1' });
}

test('a delivered frame is put back into the outbox for another lease and another frame server', async () => {
  const kept = await keptFrames();
  await kept.keep(await packed(7));
  expect(await outbox.load()).toEqual([]);
  expect(kept.list('job-1')).toEqual([7]);
  const stored = await kept.giveTo(AGAIN, 7);
  expect(stored?.parcel).toMatchObject({
    frame: 7,
    lease: 'lease-9',
    frameServer: 'http://two:1',
    size: BYTES,
  });
  // Also for the process after this one.
  expect((await outbox.load()).map(({ parcel }) => parcel)).toEqual([stored?.parcel]);
  expect(kept.list('job-1')).toEqual([]);
  expect(await kept.giveTo(AGAIN, 7)).toBeNull();
});

test('what is kept is found again by the next process, and damaged leftovers are thrown away', async () => {
  await (await keptFrames()).keep(await packed(3));
  await writeFile(join(folder, 'delivered', 'rubbish'), 'x');
  const later = await keptFrames();
  expect(later.list('job-1')).toEqual([3]);
  expect(later.list('job-2')).toEqual([]);
  expect(await readdir(join(folder, 'delivered'))).toHaveLength(1);
});

test('the oldest go when there are too many bytes, and all of them after a day', async () => {
  const kept = await keptFrames(3 * BYTES);
  for (const frame of [5, 4, 3, 2]) await kept.keep(await packed(frame));
  expect(kept.list('job-1')).toEqual([2, 3, 4]);
  now += 25 * 60 * 60_000;
  await kept.keep(await packed(9));
  expect(kept.list('job-1')).toEqual([9]);
  expect(await readdir(join(folder, 'delivered'))).toHaveLength(1);
});

test('a frame that is rendered again takes the place of the older one, and one too large is not kept', async () => {
  const kept = await keptFrames(2 * BYTES);
  await kept.keep(await packed(1, 'job-1', 'lease-1'));
  await kept.keep(await packed(2));
  await kept.keep(await packed(1, 'job-1', 'lease-2'));
  expect(kept.list('job-1')).toEqual([1, 2]);
  const small = new KeptFrames({ folder: join(folder, 'small'), outbox, limit: BYTES - 1, now: () => now });
  await small.load();
  await small.keep(await packed(5));
  expect(small.list('job-1')).toEqual([]);
  await kept.clear();
  expect(await readdir(join(folder, 'delivered'))).toEqual([]);
});
