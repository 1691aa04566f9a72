// A frame server that is gone for good: real processes, one of two frame servers killed with its disk.
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Job, parseFrames, workerRoutes } from '@akashganga/protocol';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { countRenders, fakeDigest, lookAtFilm } from './processes/look-at-film.ts';
import { writeFakeScene } from './processes/scenes.ts';
import { TestFarm } from './processes/test-farm.ts';
import { TestFolder } from './processes/test-folder.ts';

const FRAMES = 24;
const [WIDTH, HEIGHT] = [64, 36];

let folder: TestFolder;
beforeEach(async () => {
  folder = await TestFolder.make();
});
afterEach(() => folder[Symbol.asyncDispose]());

/** Under which name a frame server of these tests runs. */
async function nameOf(farm: TestFarm, server: string): Promise<string> {
  const { stdout } = await farm.command(['frame-servers']);
  const servers = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { id: string; port: number });
  const url = new URL(String((await farm.role('frames').event('ready')).url));
  return servers.find((one) => one.id === server)?.port === Number(url.port) ? 'frames' : 'frames-b';
}

/** A job in the middle, with two frame servers; the first one has its frames. */
async function renderingWithTwo() {
  const farm = await TestFarm.start(folder, { workers: 0 });
  await farm.startFrames(0, 'frames-b');
  await farm.startWorker('worker-1', ['--slots', '1']);
  await farm.startWorker('worker-2', ['--slots', '1', '--keep', '1']);
  const scene = await writeFakeScene(folder, {
    ...{ width: WIDTH, height: HEIGHT, frameEnd: FRAMES, secondsPerFrame: 0.3 },
  });
  const id = await farm.submit(scene);
  const job = await farm.until(id, (one) => one.frames.done >= 8);
  return {
    farm,
    id,
    job,
    server: String(job.frameServer),
    name: await nameOf(farm, String(job.frameServer)),
  };
}

async function expectWhole(farm: TestFarm, job: Job): Promise<void> {
  expect(job).toMatchObject({ state: 'completed', problem: null, frames: { done: FRAMES } });
  const wrong = (await farm.frames(job.id)).filter(
    (one) => one.digest !== fakeDigest(WIDTH, HEIGHT, one.frame),
  );
  expect(wrong).toEqual([]);
  const film = folder.join('brought.mp4');
  expect(await farm.command(['fetch', job.id, '--film', film])).toMatchObject({ code: 0 });
  expect(await lookAtFilm(film)).toMatchObject({ frames: FRAMES, width: WIDTH, height: HEIGHT });
}

test('a frame server that is gone for good is given up by a word: what a worker kept is delivered again, the rest is rendered', async () => {
  const { farm, id, server, name } = await renderingWithTwo();
  await using _ = farm;
  const workers = (await farm.client.call(workerRoutes.list, {})).workers;
  const keeper = workers.find((worker) => worker.name === 'worker-1')?.id;
  await farm.role(name).kill();
  await rm(farm.data(name), { recursive: true });
  const kept = (await farm.frames(id)).filter((one) => one.state === 'done' && one.worker === keeper);
  const { last, code } = await farm.command(['frame-servers', server, 'remove']);
  expect(last).toMatchObject({ event: 'removed', moved: [id] });
  expect(code).toBe(0);
  const job = await farm.ended(id);
  expect(job.frameServer).not.toBe(server);
  expect(job.moved?.frames).toBeGreaterThanOrEqual(8);
  await expectWhole(farm, job);
  const renders = await countRenders(folder.join('rendered.log'));
  expect(kept.length).toBeGreaterThan(0);
  expect(kept.filter(({ frame }) => renders.get(frame) !== 1)).toEqual([]);
  // All that only the other one had, which keeps nothing.
  const total = [...renders.values()].reduce((sum, count) => sum + count, 0);
  expect(total).toBeGreaterThanOrEqual(FRAMES + (job.moved?.frames ?? 0) - kept.length - 2);
});

test('of two jobs on two frame servers only that of the dead one moves, with the frames that workers kept', async () => {
  await using farm = await TestFarm.start(folder, { workers: 0 });
  await farm.startFrames(0, 'frames-b');
  await farm.startWorker('worker-1', ['--slots', '1']);
  await farm.startWorker('worker-2', ['--slots', '1']);
  const size = { width: WIDTH, height: HEIGHT, frameEnd: FRAMES, secondsPerFrame: 0.3 };
  const scenes = [await writeFakeScene(folder, size), await writeFakeScene(folder, size, { name: 'other' })];
  const [one = '', two = ''] = [await farm.submit(scenes[0] ?? ''), await farm.submit(scenes[1] ?? '')];
  const stays = await farm.until(two, (job) => job.frameServer !== null);
  const dies = await farm.until(one, (job) => job.frames.done >= 5);
  expect(dies.frameServer).not.toBe(stays.frameServer);
  const name = await nameOf(farm, String(dies.frameServer));
  await farm.role(name).kill();
  // The workers go on, and what they render finds nobody.
  await expect
    .poll(async () => (await farm.frames(one)).filter(({ state }) => state === 'delivering').length)
    .toBeGreaterThanOrEqual(4);
  await rm(farm.data(name), { recursive: true });
  const removed = await farm.command(['frame-servers', String(dies.frameServer), 'remove']);
  expect(removed).toMatchObject({ code: 0, last: { moved: [one] } });
  const [moved, stayed] = [await farm.ended(one), await farm.ended(two)];
  expect(moved.frameServer).toBe(stays.frameServer);
  expect(moved.moved?.frames).toBeGreaterThanOrEqual(5);
  expect(stayed).toMatchObject({ frameServer: stays.frameServer, moved: null });
  await expectWhole(farm, moved);
  await expectWhole(farm, stayed);
  // The workers kept what they had delivered, and still have what they had not, so hardly anything is rendered twice.
  const renders = await countRenders(folder.join('rendered.log'));
  const total = [...renders.values()].reduce((sum, count) => sum + count, 0);
  expect(total).toBeLessThanOrEqual(FRAMES * 2 + 2);
});

test('a worker that is asked to stop while its frame server is away leaves, says what it holds, and delivers that when it is back', async () => {
  await using farm = await TestFarm.start(folder, { workers: 1 });
  const scene = { width: WIDTH, height: HEIGHT, frameEnd: 6, secondsPerFrame: 0.3 };
  const id = await farm.submit(await writeFakeScene(folder, scene));
  await farm.until(id, (job) => job.frames.done >= 1);
  const { port } = new URL(String((await farm.role('frames').event('ready')).url));
  await farm.role('frames').kill();
  await expect
    .poll(async () => (await farm.frames(id)).filter(({ state }) => state === 'delivering').length)
    .toBeGreaterThanOrEqual(2);
  const { code, lines, stderr } = await farm.role('worker-1').stop();
  const held = lines.find(({ event }) => event === 'held');
  expect({ code, held }).toMatchObject({ code: 0, held: { job: id } });
  expect(stderr).toContain(`No frame server takes frames ${held?.frames} of ${id}.`);
  const frames = parseFrames(String(held?.frames));
  expect(frames.length).toBeGreaterThanOrEqual(2);
  const outbox = () => readdir(join(farm.data('worker-1'), 'worker', 'outbox'));
  expect(await outbox()).toHaveLength(frames.length);
  await farm.startFrames(Number(port));
  await farm.startWorker('worker-1', ['--slots', '1']);
  const job = await farm.ended(id);
  expect(job).toMatchObject({ state: 'completed', frames: { done: 6 } });
  await expect.poll(outbox).toEqual([]);
});
