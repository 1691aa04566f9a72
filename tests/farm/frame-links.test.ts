import { randomBytes } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FarmClient } from '@akashganga/client';
import type { Problem } from '@akashganga/protocol';
import {
  issueCertificate,
  leaseSigner,
  makeAuthority,
  makeKeyPair,
  type TlsIdentity,
} from '@akashganga/trust';
import { pino } from 'pino';
import sharp from 'sharp';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { FrameFarm } from '../../packages/frames/src/fixtures/frames.fixture.ts';
import { Courier } from '../../packages/worker/src/delivery/courier.ts';
import { FrameOutbox } from '../../packages/worker/src/delivery/frame-outbox.ts';
import { BadLink, type Fault } from './processes/bad-link.ts';
import { TestFolder } from './processes/test-folder.ts';

// Frames on links that are cut, turn bits over or are slow: a frame arrives as it was rendered or it is said that it
// does not, none is ever kept half or wrong, and what had arrived is not sent again. A worker's real delivery, and a
// real frame server.
const MIB = 1024 * 1024;
const JOB = 'job-1';
const CUTS = [0, 1, 17, 200, 450, 1000, 20_000, 300_000, 900_000, 2_000_000];
const log = pino({ level: 'silent' });

let folder: TestFolder;
let farm: FrameFarm;
let small: Buffer;
let large: Buffer;
let count = 0;
beforeAll(async () => {
  folder = await TestFolder.make();
  small = await noise(160, 120);
  large = await noise(2400, 1800);
});
afterAll(() => folder[Symbol.asyncDispose]());
beforeEach(async () => {
  farm = await FrameFarm.start();
  return () => farm[Symbol.asyncDispose]();
});

/** A picture that does not compress. */
function noise(width: number, height: number): Promise<Buffer> {
  const raw = { width, height, channels: 3 } as const;
  return sharp(randomBytes(width * height * 3), { raw })
    .png({ compressionLevel: 0 })
    .toBuffer();
}

interface Delivery extends AsyncDisposable {
  readonly courier: Courier;
  readonly refused: Problem[];
  readonly spoilt: number[];
  /** As a kill would: nothing is carried any further. */
  end(): Promise<void>;
}

/** The delivery of a worker with this outbox. */
function deliveryFrom(outbox: FrameOutbox, tls: TlsIdentity | null = null): Delivery {
  const stop = new AbortController();
  const refused: Problem[] = [];
  const spoilt: number[] = [];
  // Nobody is there: the frame server's address stays as it was told.
  const manager = new FarmClient({ url: 'http://127.0.0.1:1', key: farm.manager.key });
  const courier = new Courier({
    onDelivered: (stored) => outbox.drop(stored),
    onSpoilt: ({ frame }) => spoilt.push(frame),
    ...{ outbox, farm: manager, key: farm.manager.key, tls, worker: 'worker-1', log, signal: stop.signal },
    onRefused: (_, problem) => refused.push(problem),
    onChange: () => undefined,
  });
  const end = async () => {
    stop.abort();
    await courier.close();
    await manager.close();
  };
  return { courier, refused, spoilt, end, [Symbol.asyncDispose]: end };
}

async function newOutbox(path = folder.join(`outbox-${count++}`)): Promise<FrameOutbox> {
  const outbox = new FrameOutbox(path);
  await outbox.load();
  return outbox;
}

/** A rendered frame in the outbox. */
async function pack(
  outbox: FrameOutbox,
  picture: Buffer,
  frame: number,
  frameServer: string,
  extraNames: readonly string[] = [],
) {
  const rendered = folder.join(`rendered-${count++}.png`);
  await writeFile(rendered, picture);
  const extras = await Promise.all(
    extraNames.map(async (name) => {
      const file = folder.join(`rendered-${count++}.png`);
      await writeFile(file, picture);
      return { name, file };
    }),
  );
  const taken = await outbox.take({ file: rendered, extras }, { job: JOB, frame });
  const { width = 0, height = 0 } = await sharp(picture).metadata();
  const size = { width, height, seconds: 1.5, memory: null };
  const rest = { replace: false, frameServer, linger: 0, pass: '', log: '' };
  return outbox.pack(taken, { job: JOB, frame, lease: 'lease-1', ...size, ...rest });
}

/** Carries one frame over a link of its own, to the end; what was refused, and the link as it was used. */
async function carry(picture: Buffer, frame: number, fault: Fault) {
  await using link = await BadLink.to(farm.server.port);
  link.fault = fault;
  const outbox = await newOutbox();
  await using delivery = deliveryFrom(outbox);
  delivery.courier.send(await pack(outbox, picture, frame, link.url));
  await delivery.courier.settled(Infinity);
  expect(await outbox.load(), 'what was carried is not kept').toEqual([]);
  return { frame, refused: delivery.refused, up: link.up, connections: link.connections };
}

const framesFolder = () => join(farm.folder, 'jobs', JOB, 'frames');

/** The frames that are kept are the ones that were sent, and nothing unfinished lies about. */
async function expectKept(picture: Buffer, frames: readonly number[]): Promise<void> {
  const names = await readdir(framesFolder()).catch(() => []);
  expect(names.sort()).toEqual(frames.map((frame) => `${String(frame).padStart(4, '0')}.png`).sort());
  for (const name of names) expect((await readFile(join(framesFolder(), name))).equals(picture)).toBe(true);
  await expect.poll(() => readdir(join(farm.folder, 'unfinished'))).toEqual([]);
  const chunks = await readdir(join(farm.folder, 'chunks'), { recursive: true, withFileTypes: true }).catch(
    () => [],
  );
  expect(chunks.filter((entry) => entry.isFile()).map(({ name }) => name)).toEqual([]);
}

test('a small frame arrives whole wherever its way there is cut, in the headers and in the picture', async () => {
  const cuts = Array.from({ length: 40 }, (_, at) => Math.floor((at * small.length) / 40));
  const ways = await Promise.all(
    cuts.map((cut, index) =>
      carry(small, index + 1, { cutUp: (connection) => (connection === 0 ? cut : null) }),
    ),
  );
  expect(ways.flatMap(({ refused }) => refused)).toEqual([]);
  expect(Math.min(...ways.map(({ connections }) => connections))).toBeGreaterThan(1);
  await expectKept(
    small,
    ways.map(({ frame }) => frame),
  );
});

test('a small frame whose answer is cut off arrives, and is kept once', async () => {
  const cuts = [0, 1, 9, 15, 40, 100, 150, 200];
  const ways = await Promise.all(
    cuts.map((cut, index) =>
      carry(small, index + 1, { cutDown: (connection) => (connection < 2 ? cut : null) }),
    ),
  );
  expect(ways.flatMap(({ refused }) => refused)).toEqual([]);
  await expectKept(
    small,
    ways.map(({ frame }) => frame),
  );
});

test('a bit that is turned over anywhere in a small frame is noticed, and the frame comes as it was', async () => {
  const calm = await carry(small, 99, {});
  const headers = calm.up - small.length;
  const step = Math.floor(small.length / 24);
  const ways = await Promise.all(
    Array.from({ length: 24 }, (_, index) =>
      carry(small, index + 1, {
        flipUpAt: (connection) => (connection === 0 ? headers + index * step : null),
      }),
    ),
  );
  expect(ways.flatMap(({ refused }) => refused)).toEqual([]);
  expect(Math.min(...ways.map(({ up }) => up))).toBeGreaterThan(2 * small.length);
  await expectKept(small, [99, ...ways.map(({ frame }) => frame)]);
});

test('a large frame goes on where it was cut, again and again: only what was on a cut connection is sent twice', async () => {
  const way = await carry(large, 1, { cutUp: (connection) => CUTS[connection] ?? null });
  expect(way.refused).toEqual([]);
  expect(way.connections).toBeGreaterThan(CUTS.length);
  const lost = CUTS.reduce((sum, cut) => sum + cut, 0);
  expect(way.up).toBeLessThan(large.length + lost + 100_000);
  await expectKept(large, [1]);
});

test('a large frame with bits turned over in its chunks arrives as it was, and only those chunks are sent again', async () => {
  const way = await carry(large, 1, {
    flipUpAt: (connection) => (connection < 3 ? 150_000 + connection : null),
  });
  expect(way.refused).toEqual([]);
  expect(way.up).toBeGreaterThan(large.length);
  expect(way.up).toBeLessThan(large.length + 3 * 4 * MIB);
  await expectKept(large, [1]);
});

test('a large frame of a worker on another computer goes in chunks under its pass, and without one nothing of it does', async () => {
  const ca = await makeAuthority(Date.now());
  const identity = async (role: 'worker' | 'frames', id: string): Promise<TlsIdentity> => {
    const { publicKey, key } = makeKeyPair();
    const order = { publicKey, role, id, names: [], now: Date.now() };
    return { authority: ca.certificate, certificate: await issueCertificate(ca, order), key };
  };
  await using other = await FrameFarm.start({}, await identity('frames', 'fs-1'));
  const outbox = await newOutbox();
  await using delivery = deliveryFrom(outbox, await identity('worker', 'worker-1'));
  const pass = leaseSigner(ca.key)({ lease: 'lease-1', job: JOB, worker: 'worker-1', frames: '1-2' });
  for (const [at, shown] of [pass, ''].entries()) {
    const frame = at + 1;
    const stored = await pack(outbox, large, frame, `https://127.0.0.1:${other.server.port}`);
    delivery.courier.send({ ...stored, parcel: { ...stored.parcel, pass: shown } });
  }
  await delivery.courier.settled(Infinity);
  expect(delivery.refused.map(({ code }) => code)).toEqual(['access.forbidden']);
  const kept = join(other.folder, 'jobs', JOB, 'frames');
  expect(await readdir(kept)).toEqual(['0001.png']);
  expect((await readFile(join(kept, '0001.png'))).equals(large)).toBe(true);
});

test('a worker that ends in the middle of a large frame sends only the rest of it when it is back', async () => {
  await using link = await BadLink.to(farm.server.port);
  link.fault = { rate: 2 * MIB };
  const path = folder.join(`outbox-${count++}`);
  const outbox = await newOutbox(path);
  const before = deliveryFrom(outbox);
  before.courier.send(await pack(outbox, large, 1, link.url));
  const kept = async () =>
    (await readdir(join(farm.folder, 'chunks'), { recursive: true, withFileTypes: true })).filter(
      (entry) => entry.isFile() && !entry.name.endsWith('.part'),
    );
  await expect.poll(async () => (await kept()).length).toBeGreaterThan(4);
  await before.end();
  expect(await readdir(framesFolder()).catch(() => [])).toEqual([]);
  link.fault = {};
  link.cut();
  const sizes = await Promise.all(
    (await kept()).map(async (entry) => (await readFile(join(entry.parentPath, entry.name))).length),
  );
  const there = sizes.reduce((sum, size) => sum + size, 0);
  const already = link.up;
  const again = new FrameOutbox(path);
  await using after = deliveryFrom(again);
  for (const stored of await again.load()) after.courier.send(stored);
  await after.courier.settled(Infinity);
  expect(after.refused).toEqual([]);
  expect(link.up - already).toBeLessThan(large.length - there + 100_000);
  await expectKept(large, [1]);
});

test('whatever bit of the answer is turned over, the frame is kept once and as it was, or it is reported', async () => {
  const ways = await Promise.all(
    Array.from({ length: 30 }, (_, index) =>
      carry(small, index + 1, { flipDownAt: (connection) => (connection === 0 ? index * 9 : null) }),
    ),
  );
  const names = new Set(await readdir(framesFolder()));
  const lost = ways.filter(({ frame }) => !names.has(`${String(frame).padStart(4, '0')}.png`));
  expect(lost.filter(({ refused }) => refused.length === 0)).toEqual([]);
  for (const name of names) expect((await readFile(join(framesFolder(), name))).equals(small)).toBe(true);
});

test('a bit that is turned over in the headers puts no frame in the place of another', async () => {
  const calm = await carry(small, 1, {});
  const headers = calm.up - small.length;
  // All of the request's line, and some of the rest.
  const places = Array.from({ length: headers }, (_, at) => at).filter((at) => at < 50 || at % 6 === 0);
  const ways = await Promise.all(
    places.map((place, index) =>
      // No digit is more than 3, so that a turned bit makes another number than any of them.
      carry(small, Number(`1${index.toString(4).padStart(4, '0')}`), {
        flipUpAt: (connection) => (connection === 0 ? place : null),
      }),
    ),
  );
  expect(await readdir(join(farm.folder, 'jobs'))).toEqual([JOB]);
  const arrived = ways.filter(({ refused }) => refused.length === 0).map(({ frame }) => frame);
  expect(arrived.length).toBeGreaterThan(10);
  await expectKept(small, [1, ...arrived]);
});

test('what comes beside a frame is stored with it and not with another job whose name is one bit away', async () => {
  await using link = await BadLink.to(farm.server.port);
  const bit = 'PUT /api/v1/jobs/job-'.length;
  link.fault = { flipUpAt: (connection) => (connection === 0 ? bit : null) };
  const outbox = await newOutbox();
  await using delivery = deliveryFrom(outbox);
  const names = ['Mist', 'Passes/Tiefe über alles'];
  delivery.courier.send(await pack(outbox, small, 1, link.url, names));
  await delivery.courier.settled(Infinity);
  expect(delivery.refused).toEqual([]);
  expect(await readdir(join(farm.folder, 'jobs'))).toEqual([JOB]);
  const reply = await farm.get(`/jobs/${JOB}/frames/1/outputs`);
  const { outputs } = (await reply.json()) as { outputs: { name: string }[] };
  expect(outputs.map(({ name }) => name)).toEqual(names);
});
