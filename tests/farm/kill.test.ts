import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import type { Job } from '@akashganga/protocol';
import { deliveryRoutes, fillPath, frameHeaders } from '@akashganga/protocol';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { akashganga, Command, fakeBlender } from './processes/command.ts';
import { countRenders, fakeDigest, lookAtFilm } from './processes/look-at-film.ts';
import { writeFakeScene } from './processes/scenes.ts';
import { fakeEnvironment, TestFarm } from './processes/test-farm.ts';
import { TestFolder } from './processes/test-folder.ts';

// Whatever is killed, nothing that was reported done is lost or rendered again, and the job ends by itself.
const FRAMES = 30;
const SECONDS = 0.3;
const [WIDTH, HEIGHT] = [64, 36];

let folder: TestFolder;
beforeEach(async () => {
  folder = await TestFolder.make();
});
afterEach(() => folder[Symbol.asyncDispose]());

async function startJob(farm: TestFarm, scene: object = {}): Promise<string> {
  const path = await writeFakeScene(folder, {
    ...{ width: WIDTH, height: HEIGHT, frameEnd: FRAMES, secondsPerFrame: SECONDS },
    ...scene,
  });
  return farm.submit(path);
}

const hasDone = (count: number) => (job: Job) => job.frames.done >= count;

/** The job is completed, its frames are the right pictures, and so is its film. */
async function expectWhole(farm: Pick<TestFarm, 'frames' | 'command'>, job: Job, id: string): Promise<void> {
  expect(job).toMatchObject({ state: 'completed', problem: null });
  expect(job.frames).toMatchObject({ total: FRAMES, done: FRAMES });
  const wrong = (await farm.frames(id)).filter((one) => one.digest !== fakeDigest(WIDTH, HEIGHT, one.frame));
  expect(wrong).toEqual([]);
  const film = folder.join('brought.mp4');
  expect(await farm.command(['fetch', id, '--film', film])).toMatchObject({ code: 0 });
  expect(await lookAtFilm(film)).toMatchObject({
    frames: FRAMES,
    width: WIDTH,
    height: HEIGHT,
    codec: 'h264',
  });
}

/** At the end of a job idle slots may render a frame that another has begun; there are two slots. */
const DOUBLES = 2;

/** Frames in `done` were rendered once; in all there were at most `extra` renders more than frames, and doubles. */
async function expectRenders(done: readonly number[], extra: number): Promise<void> {
  const counts = await countRenders(folder.join('rendered.log'));
  expect(done.filter((frame) => counts.get(frame) !== 1)).toEqual([]);
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  expect(total).toBeGreaterThanOrEqual(FRAMES);
  expect(total).toBeLessThanOrEqual(FRAMES + extra + DOUBLES);
}

test('a worker killed in the middle of a frame: its Blender goes with it, its frames go on', async () => {
  await using farm = await TestFarm.start(folder);
  const id = await startJob(farm);
  await farm.until(id, hasDone(8));
  const done = await farm.doneFrames(id);
  await farm.role('worker-1').kill();
  await expect.poll(() => folder.processes(`${farm.data('worker-1')}/`)).toEqual([]);
  await farm.startWorker('worker-1');
  await expectWhole(farm, await farm.ended(id), id);
  // The frame in its hands, and those that were on their way.
  await expectRenders(done, 3);
});

test('a worker killed and never seen again: the other one finishes', async () => {
  await using farm = await TestFarm.start(folder);
  const id = await startJob(farm);
  await farm.until(id, hasDone(8));
  const done = await farm.doneFrames(id);
  await farm.role('worker-1').kill();
  const killedAt = Date.now();
  const job = await farm.ended(id);
  console.log(
    `  a lost worker: the job ended ${((Date.now() - killedAt) / 1000).toFixed(1)} s after the kill`,
  );
  await expectWhole(farm, job, id);
  await expectRenders(done, 3);
});

test('the manager killed in mid-job: workers go on, their leases survive', async () => {
  await using farm = await TestFarm.start(folder);
  const id = await startJob(farm);
  await farm.until(id, hasDone(8));
  await farm.role('manager').kill();
  const before = (await countRenders(folder.join('rendered.log'))).size;
  // PostgreSQL must not outlive the manager.
  await expect.poll(() => folder.processes('postgres')).toEqual([]);
  await new Promise((next) => setTimeout(next, 1000));
  expect((await countRenders(folder.join('rendered.log'))).size).toBeGreaterThan(before);
  await farm.startManager();
  await expectWhole(farm, await farm.ended(id), id);
  await expectRenders([], 0);
});

test('PostgreSQL killed in mid-job: the manager starts it again and nothing is lost', async () => {
  await using farm = await TestFarm.start(folder);
  const id = await startJob(farm);
  await farm.until(id, hasDone(8));
  const [pid] = (await readFile(folder.join('manager/manager/postgres/postmaster.pid'), 'utf8')).split('\n');
  process.kill(Number(pid), 'SIGKILL');
  await expectWhole(farm, await farm.ended(id), id);
  await expectRenders([], 0);
});

test('the frame server killed while frames arrive, and back on its port and on another', async () => {
  await using farm = await TestFarm.start(folder);
  const id = await startJob(farm, { width: 640, height: 360, secondsPerFrame: 0.2 });
  await farm.until(id, hasDone(6));
  const port = new URL(String((await farm.role('frames').event('ready')).url)).port;
  await farm.role('frames').kill();
  await new Promise((next) => setTimeout(next, 700));
  await farm.startFrames(Number(port));
  await farm.until(id, hasDone(16));
  await farm.role('frames').kill();
  await new Promise((next) => setTimeout(next, 700));
  await farm.startFrames();
  const job = await farm.ended(id);
  expect(job).toMatchObject({ state: 'completed', frames: { done: FRAMES } });
  const wrong = (await farm.frames(id)).filter((one) => one.digest !== fakeDigest(640, 360, one.frame));
  expect(wrong).toEqual([]);
  await expectRenders([], 0);
});

test('half a frame, then silence: nothing of it is kept, by the frame server or by the one after it', async () => {
  await using farm = await TestFarm.start(folder, { workers: 0, frames: false });
  const frames = ['frames', '--host', '127.0.0.1', '--address', '127.0.0.1', '--port'];
  await farm.startByKey('frames', [...frames, '0']);
  const id = await startJob(farm);
  const url = new URL(String((await farm.role('frames').event('ready')).url));
  const socket = connect(Number(url.port), '127.0.0.1');
  await once(socket, 'connect');
  const headers = [
    `PUT ${fillPath(deliveryRoutes.deliver.route.path, { job: id, frame: 1 })} HTTP/1.1`,
    `host: ${url.host}`,
    `authorization: Bearer ${farm.key}`,
    'content-length: 1000000',
    `${frameHeaders.digest}: sha256:${'0'.repeat(64)}`,
    `${frameHeaders.extension}: .png`,
  ];
  socket.write(`${headers.join('\r\n')}\r\n\r\n`);
  socket.write(Buffer.alloc(500_000));
  socket.on('error', () => undefined);
  const unfinished = () => readdir(folder.join('frames/frames/unfinished'));
  await expect.poll(async () => (await unfinished()).length).toBe(1);
  await farm.role('frames').kill();
  expect(await unfinished()).toHaveLength(1);
  await farm.startByKey('frames', [...frames, url.port]);
  expect(await unfinished()).toEqual([]);
  await farm.startByKey('worker-1', ['worker', '--slots', '2']);
  await expectWhole(farm, await farm.ended(id), id);
});

test('the whole farm loses its parent: all of it ends, and a new one goes on where it was', async () => {
  const data = folder.join('data');
  const port = 0;
  const start = async () => {
    const args = [
      'up',
      '--data',
      data,
      '--host',
      '127.0.0.1',
      '--address',
      '127.0.0.1',
      '--json',
      '--slots',
      '2',
    ];
    const farm = new Command(
      [...args, '--port', String(port), '--frames-port', '0'],
      fakeEnvironment(folder),
    );
    await farm.event('up');
    return farm;
  };
  const scene = await writeFakeScene(folder, {
    ...{ width: WIDTH, height: HEIGHT, frameEnd: FRAMES, secondsPerFrame: SECONDS },
  });
  const ask = (args: string[]) =>
    akashganga([...args, '--data', data, '--json'], { AKASHGANGA_BLENDER: fakeBlender });
  const first = await start();
  const id = String((await ask(['submit', scene])).last.job);
  await expect
    .poll(async () => (await ask(['job', id])).last.frames)
    .toMatchObject({
      done: expect.toSatisfy((done: number) => done >= 8),
    });
  await first.kill();
  await expect.poll(() => folder.processes()).toEqual([]);
  const done = (await countRenders(folder.join('rendered.log'))).size;
  const second = await start();
  const film = folder.join('film.mp4');
  await expect.poll(async () => (await ask(['job', id])).last.state).toBe('completed');
  expect(await ask(['fetch', id, '--film', film])).toMatchObject({ code: 0 });
  expect(await lookAtFilm(film)).toMatchObject({ frames: FRAMES });
  expect(done).toBeGreaterThanOrEqual(8);
  await expectRenders([], 4);
  expect(await second.stop()).toMatchObject({ code: 0 });
});
