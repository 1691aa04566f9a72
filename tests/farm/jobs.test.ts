import { execFile } from 'node:child_process';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { FarmClient } from '@akashganga/client';
import { type Job, jobRoutes } from '@akashganga/protocol';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Command } from './processes/command.ts';
import { countRenders, fakeDigest, lookAtFilm } from './processes/look-at-film.ts';
import { expectProblem } from './processes/problems.ts';
import { writeFakeScene } from './processes/scenes.ts';
import { fakeEnvironment, TestFarm } from './processes/test-farm.ts';
import { TestFolder } from './processes/test-folder.ts';

describe('on one farm:', () => {
  let folder: TestFolder;
  let farm: TestFarm;
  let film: string;
  beforeAll(async () => {
    folder = await TestFolder.make();
    film = folder.join('film.mp4');
    farm = await TestFarm.start(folder, { workers: 0 });
    await farm.startWorker('worker-1', ['--slots', '2', '--hang-seconds', '2']);
  });
  afterAll(async () => {
    await farm[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });
  beforeEach(() => rm(folder.join('rendered.log'), { force: true }));
  afterEach(() => rm(film, { force: true }));

  const render = async (scene: object, ...more: string[]) =>
    farm.command(['render', await writeFakeScene(folder, scene), '--output', film, ...more]);
  const renders = () => countRenders(folder.join('rendered.log'));

  test.each([
    ['7', [7]],
    ['-5-5', [-5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5]],
    ['1-100x5', Array.from({ length: 20 }, (_, at) => 1 + at * 5)],
    ['9,-2,9,3-4', [-2, 3, 4, 9]],
  ])('the frames %s', async (spec, expected) => {
    const { code, last } = await render({}, '--frames', spec);
    expect({ code, last }).toMatchObject({
      code: 0,
      last: { event: 'completed', frames: expected.length, film },
    });
    const frames = await farm.frames(String(last.job));
    expect(frames.map((frame) => frame.frame)).toEqual(expected);
    for (const frame of frames) expect(frame.digest).toBe(fakeDigest(64, 36, frame.frame));
    expect(await lookAtFilm(film)).toMatchObject({ frames: expected.length });
  });

  test('ten thousand frames', { timeout: 900_000 }, async () => {
    const began = Date.now();
    const { code, last } = await render({ frameEnd: 10_000, secondsPerFrame: 0 });
    expect({ code, last }).toMatchObject({ code: 0, last: { event: 'completed', frames: 10_000 } });
    console.log(`  10,000 frames: ${((Date.now() - began) / 1000).toFixed(1)} s`);
    expect(await lookAtFilm(film)).toMatchObject({ frames: 10_000 });
    const counts = await renders();
    expect(counts.size).toBe(10_000);
    expect([...counts.values()].filter((count) => count !== 1)).toEqual([]);
  });

  test.each([
    ['crash', 'render.crashed'],
    ['hang', 'render.hung'],
    ['half', 'render.bad-file'],
    ['nothing', 'render.no-file'],
  ])(
    'a frame that always ends in %s fails alone; the job says so and goes on when it is mended',
    async (behaviour, code) => {
      // Of the frames up to here each misbehaves three times, which is as often as a frame is tried.
      const scene = { behaviour, onFrames: [3], times: 3, frameEnd: 6, fps: behaviour.length };
      const ended = await render(scene, '--frames-dir', folder.join(behaviour));
      const id = String(ended.last.job);
      expectProblem(ended, 1, 'job.frames-failed', ['1 of 6 frames failed (3)', `akashganga retry ${id}`]);
      expect(ended.last).toMatchObject({ failedFrames: [3] });
      const pictures = (await readdir(folder.join(behaviour))).filter((name) => name.endsWith('.png'));
      expect(pictures).toHaveLength(5);
      const { attempts } = await farm.client.call(jobRoutes.frame, { params: { job: id, frame: 3 } });
      expect(attempts.map((attempt) => attempt.problem?.code)).toEqual([code, code, code]);
      const logs = await farm.command(['logs', id]);
      expect(logs.code).toBe(0);
      expect(await farm.command(['retry', id])).toMatchObject({ code: 0, last: { state: 'active' } });
      expect(await farm.ended(id)).toMatchObject({ state: 'completed', frames: { done: 6, failed: 0 } });
      await farm.command(['fetch', id, '--film', film]);
      expect(await lookAtFilm(film)).toMatchObject({ frames: 6 });
    },
  );

  test('a frame of another size than the scene promised ends the job at once: every computer would make it so', async () => {
    const ended = await render({ behaviour: 'lie-size', onFrames: [3], frameEnd: 6, fps: 9 });
    expectProblem(ended, 1, 'render.wrong-size', ['frame 3 is 65x36 pixels, not 64x36']);
  });

  test.each(['slow', 'garbage'])('%s is borne', async (behaviour) => {
    const ended = await render({ behaviour, frameEnd: 3, secondsPerFrame: behaviour === 'slow' ? 3 : 0.01 });
    expect(ended).toMatchObject({ code: 0, last: { event: 'completed', frames: 3 } });
  });

  test('the more urgent job goes first', async () => {
    const scene = await writeFakeScene(folder, { frameEnd: 240, secondsPerFrame: 0.1 });
    const first = await farm.submit(scene, ['--priority', '10', '--chunk', '2']);
    await farm.until(first, (job) => job.frames.done >= 2);
    const urgent = await farm.submit(scene, ['--priority', '90', '--frames', '1-8']);
    expect(await farm.ended(urgent)).toMatchObject({ state: 'completed' });
    // While it ran, the other one got no more than what it had in its hands.
    expect((await farm.job(first)).frames.done).toBeLessThan(200);
    expect(await farm.command(['priority', first, '95'])).toMatchObject({ last: { priority: 95 } });
    expect(await farm.ended(first)).toMatchObject({ state: 'completed', frames: { done: 240 } });
  });

  test('pause, resume, cancel, retry and delete', async () => {
    const scene = await writeFakeScene(folder, { frameEnd: 80, secondsPerFrame: 0.1 });
    const id = await farm.submit(scene, ['--chunk', '2']);
    await farm.until(id, (job) => job.frames.done >= 2);
    expect(await farm.command(['pause', id])).toMatchObject({ code: 0, last: { state: 'paused' } });
    const still = await farm.until(
      id,
      ({ frames }) => frames.leased + frames.rendering + frames.delivering === 0,
    );
    expect(still.frames.done).toBeLessThan(80);
    expect(await farm.command(['resume', id])).toMatchObject({ code: 0, last: { state: 'active' } });
    await farm.until(id, (job) => job.frames.done > still.frames.done);
    expect(await farm.command(['cancel', id])).toMatchObject({ code: 0, last: { state: 'canceled' } });
    const done = await farm.doneFrames(id);
    expectProblem(await farm.command(['pause', id]), 2, 'job.wrong-state', [id, 'canceled']);
    expect(await farm.command(['retry', id])).toMatchObject({ code: 0, last: { state: 'active' } });
    expect(await farm.ended(id)).toMatchObject({ state: 'completed', frames: { done: 80 } });
    const counts = await renders();
    expect(done.filter((frame) => counts.get(frame) !== 1)).toEqual([]);
    expect(await farm.command(['delete', id])).toMatchObject({
      code: 0,
      last: { event: 'deleted', job: id },
    });
    expectProblem(await farm.command(['job', id]), 2, 'job.unknown', [id, 'akashganga jobs']);
    await expect.poll(() => readdir(folder.join('frames/frames/jobs'))).not.toContain(id);
  });

  test('results can be fetched, and a backup tells a fresh farm of its jobs', async () => {
    const id = await farm.submit(await writeFakeScene(folder, { frameEnd: 4 }));
    await farm.ended(id);
    const out = folder.join('out');
    expect(await farm.command(['fetch', id, '--frames', out, '--film', film])).toMatchObject({
      code: 0,
      last: { event: 'fetched', job: id, film, framesDir: out, frames: 4 },
    });
    expect(await readdir(out)).toEqual(['0001.png', '0002.png', '0003.png', '0004.png', 'SHA256SUMS']);
    await rm(join(out, '0002.png'));
    await writeFile(join(out, '0003.png'), 'no picture');
    expect(await farm.command(['fetch', id, '--frames', out])).toMatchObject({
      last: { frames: 4, came: 2, missing: '' },
    });
    await promisify(execFile)('sha256sum', ['-c', '--strict', 'SHA256SUMS'], { cwd: out });
    const zip = folder.join('a.zip');
    const named = ['--zip', zip, '--only', '2-3,9', '--name', '{job}/{frame:06}'];
    expect(await farm.command(['fetch', id, ...named])).toMatchObject({
      last: { event: 'fetched', film: null, zip, zipFiles: 2, zipMissing: 1 },
    });
    const { stdout } = await promisify(execFile)('unzip', ['-Z1', zip]);
    expect(stdout.split('\n').map((name) => name.split('/').at(-1))).toEqual([
      ...['000002.png', '000003.png', 'SHA256SUMS', 'MISSING.txt', ''],
    ]);
    expectProblem(
      await farm.command(['fetch', id, '--zip', zip, '--name', '../{frame}']),
      2,
      'usage.bad-flag',
      ['--name'],
    );
    expectProblem(await farm.command(['fetch', id, '--frames', '/proc/x']), 2, 'output.not-writable', [
      '/proc/x',
    ]);
    const file = folder.join('farm.backup');
    expect(await farm.command(['backup', file])).toMatchObject({
      code: 0,
      last: { event: 'backed-up', file },
    });
    expectProblem(await farm.command(['restore', file]), 2, 'farm.not-empty', ['--data']);
    const before = (await farm.command(['jobs'])).lines.map((job) => [job.id, job.state]);
    const other = ['--data', folder.join('other'), '--json'];
    const local = [
      '--host',
      '127.0.0.1',
      '--address',
      '127.0.0.1',
      '--port',
      '0',
      '--frames-port',
      '0',
      '--slots',
      '1',
    ];
    const up = new Command(['up', ...other, ...local], fakeEnvironment(folder));
    await up.event('up');
    const ask = (args: string[]) => new Command([...args, ...other]).ended;
    expect(await ask(['restore', file])).toMatchObject({ code: 0, last: { event: 'restored' } });
    await expect
      .poll(async () => (await ask(['jobs'])).lines.map((job) => [job.id, job.state]))
      .toEqual(before);
    expect(await up.stop()).toMatchObject({ code: 0 });
  });
});

test('render interrupted by Ctrl-C: the same command goes on, and what was rendered is not rendered again', async () => {
  await using folder = await TestFolder.make();
  await writeFakeScene(folder, { frameEnd: 20, secondsPerFrame: 0.3 });
  const film = folder.join('film.mp4');
  // All from here, as people type it.
  const args = [
    'render',
    'scene.blend',
    '--output',
    'film.mp4',
    '--data',
    'data',
    '--json',
    '--workers',
    '2',
  ];
  const first = new Command(args, fakeEnvironment(folder), folder.path);
  const isAt = (count: number) => (line: { event?: string; done?: unknown }) =>
    line.event === 'progress' && Number(line.done) >= count;
  await first.line(isAt(6));
  expect(await first.stop('SIGINT')).toMatchObject({ code: 130 });
  await expect.poll(() => folder.processes()).toEqual([]);
  const log = folder.join('rendered.log');
  const before = await countRenders(log);
  const blenders = new Set((await readFile(log, 'utf8')).match(/(?<= )\d+$/gm));
  const second = new Command(args, fakeEnvironment(folder), folder.path);
  const started = await second.event('started');
  expect(started.job).toBe((await first.event('started')).job);
  const { code, last } = await second.ended;
  expect({ code, last }).toMatchObject({ code: 0, last: { event: 'completed', frames: 20, film } });
  expect(await lookAtFilm(film)).toMatchObject({ frames: 20 });
  // Each Blender may have been ended between its line in the log and its picture.
  const counts = await countRenders(log);
  const again = [...before].filter(([frame, count]) => (counts.get(frame) ?? 0) > count);
  expect(again.length).toBeLessThanOrEqual(blenders.size);
});

test('render interrupted on another farm: the job goes on there', async () => {
  await using folder = await TestFolder.make();
  await using farm = await TestFarm.start(folder, { workers: 1 });
  const scene = await writeFakeScene(folder, { frameEnd: 12, secondsPerFrame: 0.2 });
  const args = ['render', scene, '--output', folder.join('film.mp4'), '--farm', farm.url, '--json'];
  const command = new Command(args, { AKASHGANGA_TOKEN: farm.key });
  await command.line((line) => Number(line.done) >= 2);
  expect(await command.stop('SIGINT')).toMatchObject({ code: 130 });
  const id = String((await command.event('started')).job);
  expect(await farm.ended(id)).toMatchObject({ state: 'completed' } satisfies Partial<Job>);
  await using client = new FarmClient({ url: farm.url, key: farm.key });
  expect((await client.call(jobRoutes.get, { params: { job: id } })).film).toMatchObject({
    state: 'done',
    frames: 12,
  });
});
