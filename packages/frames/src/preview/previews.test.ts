import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type EncodeOrderInput, frameHeaders, Preview } from '@akashganga/protocol';
import { expect, test } from 'vitest';
import { findFfmpeg } from '../ffmpeg/find-ffmpeg.ts';
import { FrameFarm, makePng } from '../fixtures/frames.fixture.ts';

const ffmpeg = findFfmpeg(process.env.PATH ?? '');
const run = promisify(execFile);
const job = 'grows';
const order: EncodeOrderInput = {
  ...{ job, name: 'Grows', container: 'gif', rate: { fps: 24, base: 1 } },
  ...{ frames: '-10-89x1', extension: '.png' },
};
const FRAMES = 100;
/** The red of a frame, by its position. */
const shadeOf = (position: number) => 20 + ((position * 37) % 200);

async function start(): Promise<FrameFarm> {
  const farm = await FrameFarm.start({ ffmpeg });
  farm.manager.plan(order);
  return farm;
}

async function deliver(farm: FrameFarm, positions: Iterable<number>): Promise<void> {
  for (const position of positions)
    await farm.deliver(job, position - 10, await makePng({ shade: shadeOf(position), width: 64 }));
}

async function look(farm: FrameFarm, query = ''): Promise<Preview> {
  return Preview.parse(await (await farm.get(`/jobs/${job}/preview${query}`)).json());
}

/** The pictures of a piece as their shades of red. */
async function shades(farm: FrameFarm, { piece, version }: { piece: number; version: string }, more = '') {
  const reply = await farm.get(`/jobs/${job}/preview/${piece}?version=${version}${more}`);
  expect(reply.status).toBe(200);
  const path = join(farm.folder, `${piece}.mp4`);
  await writeFile(path, Buffer.from(await reply.arrayBuffer()));
  const args = ['-v', 'error', '-i', path, '-vf', 'scale=1:1:flags=area,format=rgb24', '-f', 'rawvideo', '-'];
  const { stdout } = await run(ffmpeg ?? '', args, { encoding: 'buffer' });
  return Array.from({ length: stdout.length / 3 }, (_, at) => stdout[at * 3] ?? 0);
}

function near(seen: readonly number[], wanted: readonly number[]): void {
  expect(seen).toHaveLength(wanted.length);
  for (const [at, shade] of seen.entries())
    expect(Math.abs(shade - (wanted[at] ?? 0)), `picture ${at}`).toBeLessThan(7);
}

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => from + at);

test('nothing can be watched before the first frame, and a job that the manager does not know has no preview', async () => {
  await using farm = await start();
  expect(await (await farm.get(`/jobs/${job}/preview`)).json()).toMatchObject({ code: 'preview.none' });
  await farm.deliver('other', 1, await makePng());
  expect(await (await farm.get('/jobs/other/preview')).json()).toMatchObject({ code: 'job.unknown' });
});

test('a piece shows its frames, holds the one before a gap, and ends with the last one that is there', async () => {
  await using farm = await start();
  await deliver(farm, [...range(3, 20), 23, ...range(24, 26), 60]);
  const preview = await look(farm);
  expect(preview).toMatchObject({ frames: FRAMES, end: 61, rate: { numerator: 24, denominator: 1 } });
  const [first, second, third] = preview.pieces;
  if (!first || !second || !third || preview.pieces.length !== 3) throw new Error('three pieces were wanted');
  expect(first).toMatchObject({ piece: 0, frames: 24, here: 0b1000_1111_1111_1111_1111_1000 });
  const held = range(20, 23).map(() => shadeOf(19));
  near(await shades(farm, first), [0, 0, 0, ...range(3, 20).map(shadeOf), ...held, shadeOf(23)]);
  expect(second).toMatchObject({ frames: 24, here: 0b11 });
  near(await shades(farm, second), [shadeOf(24), ...range(25, 48).map(() => shadeOf(25))]);
  expect(third).toMatchObject({ frames: 13, here: 1 << 12 });
  near(await shades(farm, third), [...range(48, 60).map(() => shadeOf(25)), shadeOf(60)]);
});

test('a frame that comes, or comes again, makes another version of its piece and of those that hold it', async () => {
  await using farm = await start();
  await deliver(farm, [...range(0, 30), 90]);
  const before = await look(farm);
  await deliver(farm, [30]);
  const after = await look(farm);
  const changed = after.pieces.map(({ version }, at) => version !== before.pieces[at]?.version);
  expect(changed).toEqual([false, true, true, true]);
  const old = await farm.get(`/jobs/${job}/preview/1?version=${before.pieces[1]?.version}`);
  expect(await old.json()).toMatchObject({ code: 'preview.changed' });
  await farm.deliver(job, 5 - 10, await makePng({ shade: 255, width: 64 }), { [frameHeaders.replace]: '1' });
  const [again] = (await look(farm)).pieces;
  expect((await shades(farm, again ?? { piece: 0, version: '' }))[5]).toBeGreaterThan(245);
});

test('large frames are shown small, and a frame of another size or with no picture in it spoils nothing', async () => {
  await using farm = await start();
  await farm.deliver(job, -10, await makePng({ width: 1999, height: 1501, shade: 100 }));
  await farm.deliver(job, -9, await makePng({ width: 40, height: 400, shade: 200 }));
  await deliver(farm, [2]);
  await writeFile(join(farm.folder, 'jobs', job, 'frames', '-0008.png'), 'spoiled');
  const { pieces } = await look(farm);
  const [piece] = pieces;
  expect(await shades(farm, piece ?? { piece: 0, version: '' })).toHaveLength(3);
  const { stdout } = await run('ffprobe', [
    ...[
      '-v',
      'error',
      '-select_streams',
      'v',
      '-show_entries',
      'stream=width,height,codec_name,has_b_frames',
    ],
    ...['-of', 'csv=p=0', join(farm.folder, '0.mp4')],
  ]);
  expect(stdout.trim()).toBe('h264,958,720,0');
});

test('browsers without H.264 are sent VP9', async () => {
  await using farm = await start();
  await deliver(farm, range(0, 8));
  const [piece] = (await look(farm, '?codec=vp9')).pieces;
  near(await shades(farm, piece ?? { piece: 0, version: '' }, '&codec=vp9'), range(0, 8).map(shadeOf));
});

test('an address that is none is refused', async () => {
  await using farm = await start();
  await deliver(farm, [0]);
  const wrong = ['?from=-1', '?count=1000', '?codec=h265', '/0', '/0?version=../../etc', '/-1?version=0'];
  for (const path of wrong)
    expect(await (await farm.get(`/jobs/${job}/preview${path}`)).json(), path).toMatchObject({
      code: 'request.invalid',
    });
  const far = await farm.get(`/jobs/${job}/preview/99?version=${'0'.repeat(16)}`);
  expect(await far.json()).toMatchObject({ code: 'preview.changed' });
});

test('a piece that nobody waits for any more is not made, and one that is asked for twice is made once', async () => {
  await using farm = await start();
  await deliver(farm, range(0, 96));
  const { pieces } = await look(farm);
  const path = (at: number) => `/jobs/${job}/preview/${at}?version=${pieces[at]?.version}`;
  const stop = new AbortController();
  const left = [1, 2].map((at) =>
    fetch(`${farm.client.url}/api/v1${path(at)}`, {
      signal: stop.signal,
      headers: { authorization: `Bearer ${farm.manager.key}` },
    }),
  );
  const both = Promise.all([farm.get(path(0)), farm.get(path(0))]);
  stop.abort();
  await Promise.allSettled(left);
  const [one, other] = await both;
  expect(Buffer.from(await one.arrayBuffer())).toEqual(Buffer.from(await other.arrayBuffer()));
  expect((await farm.get(path(1))).status).toBe(200);
});
