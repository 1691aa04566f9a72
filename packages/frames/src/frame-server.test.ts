import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { appendFile, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { frameHeaders } from '@akashganga/protocol';
import { hashBytes } from '@akashganga/storage';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { FrameFarm, makePng } from './fixtures/frames.fixture.ts';

function framesOf(farm: FrameFarm, job: string): Promise<string[]> {
  return readdir(join(farm.folder, 'jobs', job, 'frames')).catch(() => []);
}

async function nothingUnfinished(farm: FrameFarm): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    if ((await readdir(join(farm.folder, 'unfinished'))).length === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('something unfinished was left');
}

test('a delivered frame is kept under its name, with a thumbnail, and reported', async () => {
  await using farm = await FrameFarm.start();
  const png = await makePng({ width: 640, height: 360 });
  const receipt = await farm.deliver('job-1', -3, png, { [frameHeaders.memory]: '1000' });
  expect(receipt).toEqual({ digest: hashBytes(png), kept: true });
  expect(await farm.manager.report('frame', 'job-1')).toEqual({
    ...{ kind: 'frame', job: 'job-1', frame: -3, digest: hashBytes(png), size: png.length },
    ...{ lease: 'lease-1', worker: 'worker-1', seconds: 1.5, memory: 1000 },
  });
  expect(await readFile(join(farm.folder, 'jobs', 'job-1', 'frames', '-0003.png'))).toEqual(png);
  await nothingUnfinished(farm);
});

test('a frame unlike both its neighbours is told of when the last of the three is there', async () => {
  await using farm = await FrameFarm.start();
  for (const [frame, shade] of [
    [1, 100],
    [3, 104],
    [4, 106],
  ] as const)
    await farm.deliver('job-1', frame, await makePng({ shade }));
  await farm.deliver('job-1', 2, await makePng({ shade: 200 }));
  await expect
    .poll(() => farm.manager.reports.filter((report) => report.kind === 'frame' && report.unlike))
    .toMatchObject([{ frame: 2, unlike: [2] }]);
});

test('image, thumbnail and log are served', async () => {
  await using farm = await FrameFarm.start();
  const png = await makePng({ width: 640, height: 360 });
  await farm.deliver('job-1', 7, png);
  const image = await farm.get('/jobs/job-1/frames/7/image');
  expect(image.headers.get('etag')).toBe(`"${hashBytes(png)}"`);
  expect(image.headers.get('content-type')).toBe('image/png');
  expect(image.headers.get('content-disposition')).toContain('0007.png');
  expect(Buffer.from(await image.arrayBuffer())).toEqual(png);
  for (let time = 0; time < 2; time += 1) {
    const thumbnail = await farm.get('/jobs/job-1/frames/7/thumbnail');
    expect(await sharp(await thumbnail.arrayBuffer()).metadata()).toMatchObject({
      format: 'webp',
      width: 320,
    });
    await rm(join(farm.folder, 'jobs', 'job-1', 'thumbnails'), { recursive: true });
  }
  const log = { method: 'PUT', path: '/api/v1/jobs/job-1/frames/7/log' };
  await (await farm.client.send({ ...log, body: 'Fra:7 …' })).body.dump();
  expect(await (await farm.get('/jobs/job-1/frames/7/log')).text()).toBe('Fra:7 …');
  await expect(farm.client.send({ ...log, body: Buffer.alloc(300_000) })).rejects.toMatchObject({
    code: 'request.too-large',
  });
});

test('what is not there is said so', async () => {
  await using farm = await FrameFarm.start();
  for (const [path, code] of [
    ['/jobs/job-1/frames/1/image', 'frame.not-done'],
    ['/jobs/job-1/frames/1/thumbnail', 'frame.not-done'],
    ['/jobs/job-1/frames/1/log', 'frame.not-done'],
    ['/jobs/job-1/film', 'film.not-done'],
    ['/jobs/..%2f..%2fetc/film', 'request.invalid'],
    ['/jobs/job-1/frames/x/image', 'request.invalid'],
    ['/nothing', 'request.unknown-route'],
  ] as const) {
    const reply = await farm.get(path);
    expect(reply.headers.get('content-type')).toBe('application/problem+json');
    expect(((await reply.json()) as { code: string }).code, path).toBe(code);
  }
  expect(await readdir(join(farm.folder, 'jobs'))).toEqual([]);
});

test('only who has the key is served; anyone may ask whether it is up', async () => {
  await using farm = await FrameFarm.start();
  const path = `${farm.client.url}/api/v1`;
  expect(await (await fetch(`${path}/health`)).json()).toMatchObject({ role: 'frames', ready: true });
  expect((await fetch(`${path}/jobs/job-1/film`)).status).toBe(401);
  const wrong = await fetch(`${path}/jobs/job-1/frames/1`, {
    method: 'PUT',
    headers: { authorization: 'Bearer the-key-of-this-farm-0124' },
    body: randomBytes(5 << 20),
  });
  expect(((await wrong.json()) as { code: string }).code).toBe('access.wrong-key');
});

test('the same frame twice is stored once and reported each time', async () => {
  await using farm = await FrameFarm.start();
  const png = await makePng();
  const receipts = await Promise.all([1, 2, 3].map(() => farm.deliver('job-1', 1, png)));
  expect(receipts.filter((receipt) => receipt.kept)).toHaveLength(1);
  expect(await farm.deliver('job-1', 1, png)).toEqual({ digest: hashBytes(png), kept: false });
  await farm.manager.report('frame', 'job-1', 4);
  expect(await framesOf(farm, 'job-1')).toEqual(['0001.png']);
});

test('a second render of a frame is told to differ by its pixels, not by what else is in its file', async () => {
  await using farm = await FrameFarm.start();
  const first = await makePng({ shade: 10 });
  const sameAgain = await sharp(first).png({ compressionLevel: 0 }).toBuffer();
  expect(hashBytes(sameAgain)).not.toBe(hashBytes(first));
  for (const picture of [first, sameAgain, await makePng({ shade: 11 })])
    await farm.deliver('job-1', 1, picture);
  await farm.deliver('job-1', 1, first);
  await farm.manager.report('frame', 'job-1', 4);
  const told = farm.manager.reports.map((report) => report.kind === 'frame' && report.differs);
  expect(told).toEqual([undefined, undefined, true, undefined]);
  const kept = farm.manager.reports.map((report) => report.kind === 'frame' && report.digest);
  expect(new Set(kept)).toEqual(new Set([hashBytes(first)]));
  await nothingUnfinished(farm);
});

test('of two different pictures of a frame the first stays, and the answer says so', async () => {
  await using farm = await FrameFarm.start();
  const first = await makePng({ shade: 10 });
  await farm.deliver('job-1', 1, first);
  expect(await farm.deliver('job-1', 1, await makePng({ shade: 20 }))).toEqual({
    digest: hashBytes(first),
    kept: false,
  });
  expect((await farm.manager.report('frame', 'job-1', 2)).digest).toBe(hashBytes(first));
  expect(await readFile(join(farm.folder, 'jobs', 'job-1', 'frames', '0001.png'))).toEqual(first);
});

test('a frame whose file vanished or lost its end is taken again', async () => {
  await using farm = await FrameFarm.start();
  const png = await makePng();
  await farm.deliver('job-1', 1, png);
  const path = join(farm.folder, 'jobs', 'job-1', 'frames', '0001.png');
  await truncate(path, 20);
  expect((await farm.get('/jobs/job-1/frames/1/image')).status).toBe(404);
  expect((await farm.deliver('job-1', 1, png)).kept).toBe(true);
  await rm(path);
  expect((await farm.deliver('job-1', 1, png)).kept).toBe(true);
  expect(await readFile(path)).toEqual(png);
});

test('what is not right is refused and leaves nothing', async () => {
  await using farm = await FrameFarm.start({ largestFrame: 100_000 });
  const png = await makePng();
  const size = { [frameHeaders.width]: '65', [frameHeaders.height]: '48' };
  const cases = [
    ['blob.wrong-digest', png, { [frameHeaders.digest]: hashBytes(Buffer.from('x')) }],
    ['render.bad-file', png.subarray(0, png.length - 20), {}],
    ['render.wrong-size', png, size],
    ['request.too-large', randomBytes(200_000), {}],
    ['blob.garbled', png, { [frameHeaders.seal]: hashBytes(Buffer.from('x')) }],
    ['request.invalid', png, { [frameHeaders.extension]: '.sh' }],
    ['request.invalid', png, { [frameHeaders.extension]: '/../../x.png' }],
    ['request.invalid', png, { [frameHeaders.digest]: 'md5:1' }],
    ['request.invalid', png, { [frameHeaders.seconds]: '-1' }],
  ] as const;
  for (const [code, body, headers] of cases)
    await expect(farm.deliver('job-1', 1, body, headers), code).rejects.toMatchObject({ code });
  expect(await framesOf(farm, 'job-1')).toEqual([]);
  await nothingUnfinished(farm);
  const right = { [frameHeaders.width]: '64', [frameHeaders.height]: '48' };
  expect((await farm.deliver('job-1', 1, png, right)).kept).toBe(true);
});

test('a sender that is cut off in the middle leaves nothing', async () => {
  await using farm = await FrameFarm.start();
  const png = await makePng();
  const socket = connect(farm.server.port, '127.0.0.1');
  await once(socket, 'connect');
  const lines = [
    'PUT /api/v1/jobs/job-1/frames/1 HTTP/1.1',
    'host: here',
    `authorization: Bearer ${farm.manager.key}`,
    `${frameHeaders.digest}: ${hashBytes(png)}`,
    `${frameHeaders.extension}: .png`,
    `content-length: ${png.length}`,
  ];
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  socket.write(png.subarray(0, png.length >> 1));
  for (
    let tries = 0;
    tries < 200 && (await readdir(join(farm.folder, 'unfinished'))).length === 0;
    tries += 1
  )
    await new Promise((resolve) => setTimeout(resolve, 5));
  expect(await readdir(join(farm.folder, 'unfinished'))).toHaveLength(1);
  socket.destroy();
  await nothingUnfinished(farm);
  expect(await framesOf(farm, 'job-1')).toEqual([]);
  expect((await farm.deliver('job-1', 1, png)).kept).toBe(true);
});

test('frames are taken while the manager is away, and reported when it is back, also by the next start', async () => {
  await using farm = await FrameFarm.start();
  farm.manager.away = true;
  for (let frame = 1; frame <= 5; frame += 1)
    await farm.deliver('job-1', frame, await makePng({ shade: frame }));
  expect(farm.manager.reports).toEqual([]);
  await farm.stopServer();
  await appendFile(join(farm.folder, 'jobs', 'job-1', 'frames.jsonl'), '{"kind":"frame","torn');
  await writeFile(join(farm.folder, 'unfinished', 'left-by-a-kill'), 'half a frame');
  await farm.startServer();
  farm.manager.away = false;
  await farm.manager.report('frame', 'job-1', 5);
  expect(farm.manager.reports.map((report) => report.kind === 'frame' && report.frame)).toEqual([
    1, 2, 3, 4, 5,
  ]);
  expect(await readdir(join(farm.folder, 'unfinished'))).toEqual([]);
  while (!existsSync(join(farm.folder, 'jobs', 'job-1', 'reported.json')))
    await new Promise((resolve) => setTimeout(resolve, 5));
  await farm.stopServer();
  await farm.startServer();
  await farm.deliver('job-1', 6, await makePng());
  expect((await farm.manager.report('frame', 'job-1', 6)).frame).toBe(6);
});

test('a frame whose file was stored but not noted when the power went is taken again', async () => {
  await using farm = await FrameFarm.start();
  const png = await makePng();
  await farm.deliver('job-1', 1, png);
  await farm.stopServer();
  await rm(join(farm.folder, 'jobs', 'job-1', 'frames.jsonl'));
  await farm.startServer();
  expect((await farm.get('/jobs/job-1/frames/1/image')).status).toBe(404);
  expect((await farm.deliver('job-1', 1, png)).kept).toBe(true);
});

test('a manager that lost its memory is greeted again', async () => {
  await using farm = await FrameFarm.start();
  while (farm.manager.requests.length === 0) await farm.manager.change();
  farm.manager.loseMemory();
  while (farm.manager.hellos.length < 2) await farm.manager.change();
  expect(farm.manager.hellos[1]).toMatchObject({ ...farm.manager.hellos[0], freeBytes: expect.any(Number) });
});

test('a forgotten job is deleted and reported', async () => {
  await using farm = await FrameFarm.start();
  await farm.deliver('job-1', 1, await makePng());
  await farm.manager.report('frame', 'job-1');
  farm.manager.forget('job-1');
  await farm.manager.report('forgotten', 'job-1');
  expect(existsSync(join(farm.folder, 'jobs', 'job-1'))).toBe(false);
  await expect(farm.deliver('job-1', 2, await makePng())).rejects.toMatchObject({ code: 'job.unknown' });
});

test('without ffmpeg a film is refused with what to do', async () => {
  await using farm = await FrameFarm.start();
  await farm.deliver('job-1', 1, await makePng());
  const rate = { fps: 24, base: 1 };
  farm.manager.order({ job: 'job-1', name: 'A', container: 'mp4', rate, frames: '1', extension: '.png' });
  const { problem } = await farm.manager.report('film-failed', 'job-1');
  expect(problem.code).toBe('machine.no-ffmpeg');
  expect(farm.manager.hellos[0]?.containers).toEqual([]);
});

test('2,500 unreported frames come in batches, each once, in order', async () => {
  await using farm = await FrameFarm.start();
  await farm.stopServer();
  const digest = hashBytes(Buffer.from('x'));
  const facts = {
    kind: 'frame',
    job: 'job-1',
    digest,
    size: 1,
    lease: null,
    worker: null,
    seconds: 1,
    memory: null,
  };
  const lines = Array.from({ length: 2500 }, (_, frame) =>
    JSON.stringify({ ...facts, frame, extension: '.png' }),
  );
  await farm.deliverLines('job-1', lines);
  await farm.startServer();
  await farm.manager.report('frame', 'job-1', 2500);
  expect(farm.manager.reports.map((report) => report.kind === 'frame' && report.frame)).toEqual(
    Array.from({ length: 2500 }, (_, frame) => frame),
  );
});

test('two on one port is said so', async () => {
  await using farm = await FrameFarm.start();
  await expect(FrameFarm.start({ port: farm.server.port })).rejects.toMatchObject({
    code: 'machine.port-in-use',
  });
});

test('slow motion waits before it answers', async () => {
  await using farm = await FrameFarm.start({ slowMotionSeconds: 0.3 });
  const startedAt = performance.now();
  await farm.deliver('job-1', 1, await makePng());
  expect(performance.now() - startedAt).toBeGreaterThan(290);
});
