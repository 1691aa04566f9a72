import { execFile } from 'node:child_process';
import { open, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findFfmpeg } from '../../packages/frames/src/ffmpeg/find-ffmpeg.ts';
import { FrameFarm, makePng } from '../../packages/frames/src/fixtures/frames.fixture.ts';
import { countRenders, lookAtFilm } from './processes/look-at-film.ts';
import { writeFakeScene } from './processes/scenes.ts';
import { TestFarm } from './processes/test-farm.ts';
import { TestFolder } from './processes/test-folder.ts';

// A disk that fills up stops nothing for good: the farm says so, loses nothing, and goes on when there is room.
const run = promisify(execFile);
const FRAMES = 24;

let folder: TestFolder;
beforeEach(async () => {
  folder = await TestFolder.make();
});
afterEach(() => folder[Symbol.asyncDispose]());

/** Takes all that is left on a disk; the answer gives it back. */
async function fill(disk: string): Promise<() => Promise<void>> {
  const path = join(disk, 'filler');
  const file = await open(path, 'w');
  const piece = Buffer.alloc(64 * 1024);
  try {
    for (let size = piece.length; size > 0; )
      await file.write(piece, 0, size).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOSPC') throw error;
        size = size > 512 ? Math.floor(size / 2) : 0;
      });
  } finally {
    await file.close();
  }
  expect((await statfs(disk)).bavail).toBeLessThan(2);
  return () => rm(path);
}

async function startJob(farm: TestFarm): Promise<string> {
  const scene = await writeFakeScene(folder, { frameEnd: FRAMES, secondsPerFrame: 0.2 });
  return farm.submit(scene);
}

async function expectFilm(farm: TestFarm, id: string): Promise<void> {
  const job = await farm.ended(id, 45);
  expect(job).toMatchObject({ state: 'completed', problem: null, frames: { done: FRAMES } });
  expect(await farm.command(['fetch', id, '--film', folder.join('film.mp4')])).toMatchObject({ code: 0 });
  expect(await lookAtFilm(folder.join('film.mp4'))).toMatchObject({ frames: FRAMES });
}

async function isInLog(file: string, words: string): Promise<boolean> {
  return run('grep', ['-q', words, file]).then(
    () => true,
    () => false,
  );
}

test("the worker's disk", async () => {
  await folder.mountSmallDisk('worker-1', 100);
  await using farm = await TestFarm.start(folder, { workers: 1 });
  const id = await startJob(farm);
  await farm.until(id, (job) => job.frames.done >= 6);
  const release = await fill(folder.join('worker-1'));
  await sleep(4000);
  const stuck = await farm.job(id);
  expect(stuck).toMatchObject({ state: 'active', frames: { failed: 0 } });
  expect(stuck.frames.done).toBeLessThan(FRAMES);
  expect(await isInLog(folder.join('worker-1/logs/worker.log'), 'is full. Make room')).toBe(true);
  await release();
  await expectFilm(farm, id);
});

test("the frame server's disk: frames wait at the worker", async () => {
  await folder.mountSmallDisk('frames', 8);
  await using farm = await TestFarm.start(folder, { workers: 1 });
  const id = await startJob(farm);
  await farm.until(id, (job) => job.frames.done >= 6);
  const release = await fill(folder.join('frames'));
  await sleep(6000);
  const stuck = await farm.job(id);
  expect(stuck.state).toBe('active');
  expect(stuck.frames.done).toBeLessThan(FRAMES);
  expect(await isInLog(folder.join('worker-1/logs/worker.log'), 'is full. Make room')).toBe(true);
  await release();
  await expectFilm(farm, id);
  const counts = await countRenders(folder.join('rendered.log'));
  expect([...counts.values()].filter((count) => count !== 1)).toEqual([]);
});

test("the manager's disk: it waits for its database", async () => {
  await folder.mountSmallDisk('manager', 150);
  await using farm = await TestFarm.start(folder, { workers: 1 });
  const id = await startJob(farm);
  await farm.until(id, (job) => job.frames.done >= 6);
  const release = await fill(folder.join('manager'));
  await sleep(4000);
  const more = farm.command(['submit', await writeFakeScene(folder, { frameEnd: 77 }, { name: 'more' })]);
  await sleep(1500);
  await release();
  await expectFilm(farm, id);
  const { code, last, stderr } = await more;
  expect({ code, last }).toMatchObject({ code: 0, last: { event: 'submitted' } });
  expect(stderr).toContain('is full. Make room');
  expect(await farm.ended(String(last.job))).toMatchObject({ state: 'completed', frames: { done: 77 } });
});

test.each(['mp4', 'mpg'] as const)("the frame server's disk, while a film is made: %s", async (container) => {
  const disk = await folder.mountSmallDisk('films', 12);
  await using farm = await FrameFarm.start({ folder: disk, ffmpeg: findFfmpeg(process.env.PATH ?? '') });
  const order = { job: 'full', name: 'Full', container, rate: { fps: 24, base: 1 }, extension: '.png' };
  for (let frame = 1; frame <= FRAMES; frame += 1)
    await farm.deliver('full', frame, await makePng({ shade: frame * 9, width: 320, height: 240 }));
  const release = await fill(disk);
  farm.manager.order({ ...order, frames: `1-${FRAMES}` });
  const isFull = () => farm.manager.requests.some(({ full }) => full);
  while (!isFull()) await farm.manager.change();
  // It waits, and neither fails nor leaves anything behind.
  await sleep(4000);
  expect(farm.manager.reports.filter(({ kind }) => kind.startsWith('film'))).toEqual([]);
  await release();
  expect((await farm.manager.report('film', 'full')).frames).toBe(FRAMES);
  expect(await lookAtFilm(join(disk, 'jobs', 'full', `film.${container}`))).toMatchObject({ frames: FRAMES });
});
