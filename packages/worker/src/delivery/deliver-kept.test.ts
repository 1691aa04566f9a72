import { mkdtemp, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FarmClient } from '@akashganga/client';
import type { Lease } from '@akashganga/protocol';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Courier } from './courier.ts';
import { renderedBefore, renderedHere } from './deliver-kept.ts';
import { FrameOutbox, type StoredParcel } from './frame-outbox.ts';
import { KeptFrames } from './kept-frames.ts';

const BYTES = 1000;
const NOBODY = 'http://127.0.0.1:1';

let folder: string;
let outbox: FrameOutbox;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'akg-here-'));
  outbox = new FrameOutbox(join(folder, 'outbox'));
  await outbox.load();
});
afterEach(() => rm(folder, { recursive: true }));

async function packed(frame: number, lease = 'lease-1'): Promise<StoredParcel> {
  const file = join(folder, `${frame}.png`);
  await writeFile(file, Buffer.alloc(BYTES, frame));
  const taken = await outbox.take({ file, extras: [] }, { job: 'job-1', frame });
  const size = { width: 1, height: 1, seconds: 1, memory: null, linger: 0, log: '' };
  const rest = { job: 'job-1', frame, lease, replace: false, pass: '', frameServer: NOBODY };
  return outbox.pack(taken, { ...size, ...rest });
}

/** A courier whose frame server is away. */
function courierAway() {
  const stop = new AbortController();
  const farm = new FarmClient({ url: NOBODY, key: 'k' });
  const spoilt: number[] = [];
  const courier = new Courier({
    ...{ outbox, farm, key: 'k', tls: null, worker: 'worker-1', signal: stop.signal },
    log: pino({ level: 'silent' }),
    onRefused: () => undefined,
    onSpoilt: ({ frame }) => spoilt.push(frame),
    onDelivered: async () => undefined,
    onChange: () => undefined,
  });
  const end = async () => {
    stop.abort();
    await courier.close();
    await farm.close();
  };
  return { courier, spoilt, [Symbol.asyncDispose]: end };
}

test('what is told at a start: the frames not delivered and those delivered last, by lease', async () => {
  const kept = new KeptFrames({ folder: join(folder, 'kept'), outbox, limit: 10 * BYTES, now: () => 1000 });
  await kept.load();
  await kept.keep(await packed(1, 'lease-1'));
  await using away = courierAway();
  for (const [frame, lease] of [[2, 'lease-1'] as const, [5, 'lease-2'] as const])
    away.courier.send(await packed(frame, lease));
  expect(renderedHere({ kept, courier: away.courier })).toEqual([
    { job: 'job-1', lease: 'lease-1', frames: [2, 1] },
    { job: 'job-1', lease: 'lease-2', frames: [5] },
  ]);
});

test('what a new lease asks for and an older one has rendered goes on as the new one’s, unless it is to be another', async () => {
  await using away = courierAway();
  for (const frame of [2, 3, 4]) away.courier.send(await packed(frame));
  const about = { id: 'lease-9', job: 'job-1', frames: '1-3', frameServer: NOBODY, pass: '' };
  const lease = { ...about, replace: false, verify: '3' } as Lease;
  expect(renderedBefore({ ...lease, replace: true }, away.courier)).toEqual([]);
  expect(renderedBefore({ ...lease, job: 'job-2' }, away.courier)).toEqual([]);
  expect(renderedBefore(lease, away.courier)).toEqual([2]);
  const leases = away.courier.list().map(({ frame, lease }) => [frame, lease]);
  expect(Object.fromEntries(leases)).toEqual({ 2: 'lease-9', 3: 'lease-1', 4: 'lease-1' });
});

test('a picture that was cut short is found at the start, and other bytes of its size before they are sent', async () => {
  const [short, other, sound] = [await packed(1), await packed(2), await packed(3)];
  await truncate(outbox.path(short), 10);
  await writeFile(outbox.path(other), Buffer.alloc(BYTES));
  const later = new FrameOutbox(join(folder, 'outbox'));
  const found = await later.load();
  expect(found.map(({ parcel }) => parcel.frame).sort()).toEqual([2, 3]);
  await using away = courierAway();
  for (const stored of found) away.courier.send(stored);
  await expect.poll(() => away.spoilt).toEqual([2]);
  await expect.poll(() => away.courier.list().map(({ frame }) => frame)).toEqual([3]);
  expect(await readdir(join(folder, 'outbox'))).toEqual([sound.folder.split('/').at(-1)]);
});
