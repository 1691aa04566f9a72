import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { EncodeOrder } from '@akashganga/protocol';
import { hashBytes } from '@akashganga/storage';
import { expect, test, vi } from 'vitest';
import { findFfmpeg } from '../../ffmpeg/find-ffmpeg.ts';
import { listEncoders } from '../../ffmpeg/list-encoders.ts';
import { jobPaths } from '../../files/job-paths.ts';
import { makePng, silent, temporaryFolder, testDecoders } from '../../fixtures/frames.fixture.ts';
import { JobShelf } from '../../gather/job-shelf.ts';
import { chooseEncoder } from '../encoder/choose-encoder.ts';
import { type FilmFrame, listFilmFrames } from '../film-frames.ts';
import { segmentRecipe } from './kept-segment.ts';
import { SEGMENT_FRAMES, segmentSlice } from './segment-list.ts';
import { type FilmPlan, SegmentMaker, type SegmentMakerOptions } from './segment-maker.ts';

const ffmpeg = findFfmpeg(process.env.PATH ?? '');
const never = new AbortController().signal;
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => from + at);

const film = {
  ...{ container: 'mp4', rate: { fps: 24, base: 1 }, settings: {} },
  ...{ kind: { transparent: false, depth: 8 } },
} as const satisfies Partial<FilmPlan>;

/** A segment maker on a real folder with a real ffmpeg, whose starts are counted. */
async function start(planned: readonly number[], options: Partial<SegmentMakerOptions> = {}) {
  const room = await temporaryFolder();
  const folder = room.path;
  const starts = join(folder, 'starts');
  const counted = join(folder, 'ffmpeg');
  await mkdir(starts);
  // An empty file for each encoder: it may write none that is longer.
  const count = `case "$*" in *libx264*) : > '${starts}'/$$;; esac`;
  await writeFile(counted, `#!/bin/sh\n${count}\nexec '${ffmpeg}' "$@"\n`, { mode: 0o755 });
  const shelf = new JobShelf(folder);
  const decoders = await testDecoders(folder, ffmpeg);
  const plan = { job: 'film', ...film, frames: planned };
  const state = { plan: plan as FilmPlan | null };
  const maker = new SegmentMaker({
    ...{ folder, shelf, decoders, ffmpeg: counted, log: silent, now: () => performance.now() },
    plan: async () => state.plan,
    ...options,
  });
  const paths = jobPaths(folder, 'film');
  async function put(frames: readonly number[], shade = 90): Promise<void> {
    for (const frame of frames) {
      const picture = await makePng({ width: 32, height: 32, shade: (shade + frame) % 200 });
      const [digest, size] = [hashBytes(picture), picture.length];
      await mkdir(dirname(paths.frame(frame, '.png')), { recursive: true });
      await writeFile(paths.frame(frame, '.png'), picture);
      const report = { kind: 'frame', job: 'film', frame, digest, size, lease: null, worker: null } as const;
      await shelf.use('film', ({ index }) => index.add({ ...report, seconds: 1, memory: null }, '.png'));
      maker.frameStored('film', frame);
    }
  }
  /** What the manager orders at the end. */
  async function order(spec: string, failed: string | null = null, settings: EncodeOrder['settings'] = {}) {
    const wish = { job: 'film', name: 'Film', ...film, settings, extension: '.png', sound: null };
    const size = async () => ({ width: 32, height: 32 });
    const frames = await listFilmFrames({ ...wish, frames: spec, failed }, shelf, size);
    return { chosen: chooseEncoder(wish, await listEncoders(counted)), frames };
  }
  const encodes = async () => (await readdir(starts)).length;
  const unfinished = () => readdir(join(folder, 'unfinished')).catch(() => []);
  const made = async (segment: number) =>
    (
      JSON.parse(await readFile(paths.segmentFacts(segment), 'utf8').catch(() => '{}')) as {
        madeFrom?: string;
      }
    ).madeFrom;
  const dispose = async () => {
    await maker.close();
    await decoders.close();
    await room[Symbol.asyncDispose]();
  };
  return { maker, state, put, order, encodes, unfinished, made, [Symbol.asyncDispose]: dispose };
}

function recipes({
  chosen,
  frames,
}: Awaited<ReturnType<Awaited<ReturnType<typeof start>>['order']>>): string[] {
  return [0, 1, 2]
    .map((segment) => segmentSlice<FilmFrame>(frames, segment))
    .filter((slice) => slice.length > 0)
    .map((slice) => segmentRecipe(chosen, slice));
}

const soon = { timeout: 40_000, interval: 20 };
vi.setConfig({ testTimeout: 60_000 });

test('what was made while frames came is the film, and only the rest is encoded when it is ordered', async () => {
  await using farm = await start(range(1, SEGMENT_FRAMES + 4));
  await farm.put(range(1, SEGMENT_FRAMES));
  await expect.poll(() => farm.made(0), soon).toBeDefined();
  await farm.put(range(SEGMENT_FRAMES + 1, SEGMENT_FRAMES + 4));
  const { chosen, frames } = await farm.order(`1-${SEGMENT_FRAMES + 4}`);
  const segments = await farm.maker.all({ job: 'film' }, chosen, frames, never);
  expect(segments.map((segment) => segment.frames)).toEqual([SEGMENT_FRAMES, 4]);
  expect(segments.map((segment) => segment.madeFrom)).toEqual(recipes({ chosen, frames }));
  expect(await farm.encodes()).toBe(2);
  expect(await farm.unfinished()).toEqual([]);
});

test('an encoder that waits for a frame that failed gets its marked picture when the film is ordered', async () => {
  await using farm = await start(range(1, 30));
  await farm.put(range(1, 30).filter((frame) => frame !== 20));
  await expect.poll(farm.encodes, soon).toBe(1);
  const { chosen, frames } = await farm.order('1-30', '20');
  const [segment] = await farm.maker.all({ job: 'film' }, chosen, frames, never);
  expect(segment).toMatchObject({ frames: 30, madeFrom: recipes({ chosen, frames })[0] });
  expect(await farm.encodes()).toBe(1);
});

test('a frame that comes anew after it was encoded costs its segment once more, before the film is ordered', async () => {
  await using farm = await start(range(1, 30));
  await farm.put(range(1, 29));
  await expect.poll(farm.encodes, soon).toBe(1);
  await farm.put([3], 150);
  await farm.put([30]);
  const { chosen, frames } = await farm.order('1-30');
  await expect.poll(() => farm.made(0), soon).toBe(recipes({ chosen, frames })[0]);
  const before = await farm.encodes();
  await farm.maker.all({ job: 'film' }, chosen, frames, never);
  expect(await farm.encodes()).toBe(before);
});

test('a film that is ordered with other settings, or of some of the frames, waits for no encoder of what was planned', async () => {
  await using farm = await start(range(1, 30));
  await farm.put(range(1, 15));
  await expect.poll(farm.encodes, soon).toBe(1);
  const { chosen, frames } = await farm.order('1-15', null, { quality: 20 });
  const [segment] = await farm.maker.all({ job: 'film' }, chosen, frames, never);
  expect(segment).toMatchObject({ frames: 15, madeFrom: recipes({ chosen, frames })[0] });
  expect(chosen.args.join(' ')).toContain('-crf 41');
  expect(await farm.unfinished()).toEqual([]);
});

test('an encoder of a job to which no frame will come ends by itself', async () => {
  await using farm = await start(range(1, 30), { lookMs: 20, quietMs: 100 });
  await farm.put(range(1, 15));
  await expect.poll(async () => (await farm.unfinished()).length, soon).toBe(1);
  farm.state.plan = null;
  await expect.poll(farm.unfinished, soon).toEqual([]);
});

test('encoders that wait at gaps give their places to a segment that is whole, though no other frame comes', async () => {
  await using farm = await start(range(1, SEGMENT_FRAMES * 3), { lookMs: 20, patienceMs: 100 });
  await farm.put(range(1, 20));
  await farm.put(range(SEGMENT_FRAMES + 1, SEGMENT_FRAMES + 20));
  await farm.put(range(SEGMENT_FRAMES * 2 + 1, SEGMENT_FRAMES * 3));
  await expect.poll(() => farm.made(2), soon).toBeDefined();
});

test('a film that is no longer wanted ends its encoders, and the next order makes it whole', async () => {
  await using farm = await start(range(1, 30));
  await farm.put(range(1, 30));
  const { chosen, frames } = await farm.order('1-30');
  const stop = new AbortController();
  const all = farm.maker.all({ job: 'film' }, chosen, frames, stop.signal);
  stop.abort(new Error('not wanted'));
  await expect(all).rejects.toThrow('not wanted');
  expect(await farm.unfinished()).toEqual([]);
  expect(await farm.maker.all({ job: 'film' }, chosen, frames, never)).toHaveLength(1);
});

test('more films than can be followed do not drive each other out while their frames come', async () => {
  const asked: string[] = [];
  const plan = async (job: string) => {
    asked.push(job);
    return null;
  };
  await using farm = await start([], { plan });
  const jobs = range(1, 20).map((number) => `job-${number}`);
  for (const _ of range(1, 3)) for (const job of jobs) farm.maker.frameStored(job, 1);
  expect(asked).toEqual(jobs.slice(0, 16));
});
