import { execFile } from 'node:child_process';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { EncodeOrderInput } from '@akashganga/protocol';
import { frameHeaders } from '@akashganga/protocol';
import { expect, test } from 'vitest';
import { findFfmpeg } from '../../packages/frames/src/ffmpeg/find-ffmpeg.ts';
import { FrameFarm, makePng } from '../../packages/frames/src/fixtures/frames.fixture.ts';
import { lookAtFilm } from './processes/look-at-film.ts';

const ffmpeg = findFfmpeg(process.env.PATH ?? '');
const run = promisify(execFile);
/** Three segments: 96, 96 and 8 frames. */
const FRAMES = 200;

const order: EncodeOrderInput = {
  job: 'growing',
  name: 'Growing',
  container: 'mp4',
  rate: { fps: 30, base: 1.001 },
  frames: `1-${FRAMES}`,
  extension: '.png',
};

const shadeOf = (frame: number) => 20 + ((frame * 7) % 200);

async function deliver(farm: FrameFarm, frames: Iterable<number>): Promise<void> {
  for (const frame of frames)
    await farm.deliver('growing', frame, await makePng({ shade: shadeOf(frame), width: 66 }));
}

function allBut(...left: number[]): number[] {
  return Array.from({ length: FRAMES }, (_, at) => at + 1).filter((frame) => !left.includes(frame));
}

async function segmentsOf(farm: FrameFarm): Promise<string[]> {
  const names = await readdir(join(farm.folder, 'jobs', 'growing', 'segments')).catch(() => []);
  return names.filter((name) => name.endsWith('.json')).sort();
}

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 1500; tries += 1) {
    if (await isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`never came: ${what}`);
}

/** The film's frames as their shades of red. */
async function shades(path: string): Promise<number[]> {
  const args = ['-v', 'error', '-i', path, '-vf', 'scale=1:1:flags=area,format=rgb24', '-f', 'rawvideo', '-'];
  const { stdout } = await run(ffmpeg ?? '', args, { encoding: 'buffer' });
  return Array.from({ length: stdout.length / 3 }, (_, frame) => stdout[frame * 3] ?? 0);
}

async function hasEachFrame(path: string, shade = shadeOf): Promise<void> {
  const seen = await shades(path);
  expect(seen).toHaveLength(FRAMES);
  for (const [at, red] of seen.entries())
    expect(Math.abs(red - shade(at + 1)), `frame ${at + 1}`).toBeLessThan(6);
}

function filmOf(farm: FrameFarm): string {
  return join(farm.folder, 'jobs', 'growing', 'film.mp4');
}

test('parts of the film are encoded while frames still come, in whatever order, and joined to an exact film', async () => {
  await using farm = await FrameFarm.start({ ffmpeg });
  farm.manager.plan(order);
  const frames = allBut(200);
  for (let at = frames.length - 1; at > 0; at -= 1) {
    const other = (at * 7919) % (at + 1);
    [frames[at], frames[other]] = [frames[other] ?? 0, frames[at] ?? 0];
  }
  await deliver(farm, frames);
  await until('the two whole parts', async () => (await segmentsOf(farm)).length === 2);
  await deliver(farm, [200]);
  farm.manager.order(order);
  expect((await farm.manager.report('film', 'growing')).frames).toBe(FRAMES);
  expect(await segmentsOf(farm)).toEqual(['0000.json', '0001.json', '0002.json']);
  await hasEachFrame(filmOf(farm));
  expect(await lookAtFilm(filmOf(farm))).toMatchObject({
    frames: FRAMES,
    rate: '30000/1001',
    averageRate: '30000/1001',
  });
});

test('a frame that is rendered again costs its own part of the film only', async () => {
  await using farm = await FrameFarm.start({ ffmpeg });
  farm.manager.plan(order);
  await deliver(farm, allBut());
  farm.manager.order(order);
  await farm.manager.report('film', 'growing');
  const when = async (segment: string) =>
    (await stat(join(farm.folder, 'jobs', 'growing', 'segments', segment))).mtimeMs;
  const before = await Promise.all(['0000.nut', '0001.nut', '0002.nut'].map(when));
  await farm.deliver('growing', 100, await makePng({ shade: 222, width: 66 }), {
    [frameHeaders.replace]: '1',
  });
  farm.manager.reports.length = 0;
  farm.manager.order(order);
  await farm.manager.report('film', 'growing');
  const after = await Promise.all(['0000.nut', '0001.nut', '0002.nut'].map(when));
  expect(after.map((time, at) => time === before[at])).toEqual([true, false, true]);
  await hasEachFrame(filmOf(farm), (frame) => (frame === 100 ? 222 : shadeOf(frame)));
});

test('a gap in the first part holds up no other, and a start of the frame server makes nothing again', async () => {
  await using farm = await FrameFarm.start({ ffmpeg });
  farm.manager.plan(order);
  await deliver(farm, allBut(40));
  await until('the parts after the gap', async () => (await segmentsOf(farm)).length === 2);
  const second = join(farm.folder, 'jobs', 'growing', 'segments', '0001.nut');
  const before = (await stat(second)).mtimeMs;
  await farm.stopServer();
  expect(await readdir(join(farm.folder, 'unfinished'))).toEqual([]);
  await farm.startServer();
  await deliver(farm, [40]);
  await until('the part with the gap', async () => (await segmentsOf(farm)).length === 3);
  farm.manager.order(order);
  await farm.manager.report('film', 'growing');
  expect((await stat(second)).mtimeMs).toBe(before);
  await hasEachFrame(filmOf(farm));
});

test('a job that is forgotten while its film grows leaves nothing', async () => {
  await using farm = await FrameFarm.start({ ffmpeg });
  farm.manager.plan(order);
  await deliver(farm, allBut().slice(0, 60));
  await until('an encoder', async () => (await readdir(join(farm.folder, 'unfinished'))).length > 0);
  farm.manager.forget('growing');
  await farm.manager.report('forgotten', 'growing');
  expect(await readdir(join(farm.folder, 'jobs'))).toEqual([]);
  expect(await readdir(join(farm.folder, 'unfinished'))).toEqual([]);
});
