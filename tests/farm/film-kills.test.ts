import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { EncodeOrderInput } from '@akashganga/protocol';
import { expect, test } from 'vitest';
import { findFfmpeg } from '../../packages/frames/src/ffmpeg/find-ffmpeg.ts';
import { makePng } from '../../packages/frames/src/fixtures/frames.fixture.ts';
import { ManagerStandIn } from '../../packages/frames/src/fixtures/manager.fixture.ts';
import { randomFrom } from '../hostile/random-from.ts';
import { KilledFrames } from './processes/killed-frames.ts';
import { TestFolder } from './processes/test-folder.ts';

// `kill -9` of the frame server and of ffmpeg at random times, while frames come, come again, and films are made.
const run = promisify(execFile);
const ffmpeg = findFfmpeg(process.env.PATH ?? '') ?? 'ffmpeg';
const KILLS = Number(process.env.KILLS ?? 100);
/** Two segments. */
const FRAMES = 110;
/** Frames that are on their way at the same time. */
const LINES = 4;
const job = 'killed';
const order: EncodeOrderInput = {
  ...{ job, name: 'Killed', container: 'mp4', rate: { fps: 24, base: 1 } },
  ...{ frames: `1-${FRAMES}`, extension: '.png' },
};

/** The film's frames as their shades of red. */
async function shades(path: string): Promise<number[]> {
  const args = ['-v', 'error', '-i', path, '-vf', 'scale=1:1:flags=area,format=rgb24', '-f', 'rawvideo', '-'];
  const { stdout } = await run(ffmpeg, args, { encoding: 'buffer' });
  return Array.from({ length: stdout.length / 3 }, (_, frame) => stdout[frame * 3] ?? 0);
}

/**
 * Kills one or the other, at random times, until it was done often enough. `unit`: the milliseconds until a frame server
 * that starts has taken its first frame, so that a slow computer gets on between the kills, too.
 */
async function killOften(
  server: KilledFrames,
  random: () => number,
  unit: number,
  signal: AbortSignal,
): Promise<{ server: number; ffmpeg: number }> {
  const done = { server: 0, ffmpeg: 0 };
  while (done.server + done.ffmpeg < KILLS && !signal.aborted) {
    await sleep(random() * 2 * unit);
    if (random() < 0.75 && (await server.killFfmpeg(random()))) done.ffmpeg += 1;
    else {
      await server.kill();
      done.server += 1;
      await server.start();
    }
  }
  return done;
}

test('after a hundred kills of the frame server and of ffmpeg at random times the film is complete and exact', async () => {
  const seed = Number(process.env.KILL_SEED ?? Date.now() % 1_000_000);
  console.log(`  KILL_SEED=${seed}`);
  const random = randomFrom(seed);
  await using folder = await TestFolder.make();
  const manager = await ManagerStandIn.start();
  const server = new KilledFrames(folder.path, ffmpeg, manager.farm);
  manager.plan(order);
  const shown = new Map<number, number>();
  const deliver = async (frame: number, replace: boolean) => {
    const shade = 20 + Math.floor(random() * 200);
    shown.set(frame, shade);
    await server.deliver(job, frame, await makePng({ shade, width: 66 }), replace);
  };
  const filmMade = async () => {
    const before = manager.reports.length;
    manager.order(order);
    for (;;) {
      const told = manager.reports
        .slice(before)
        .find(({ kind }) => kind === 'film' || kind === 'film-failed');
      // Five kills of ffmpeg in a row are a reason to give up; a person would order it again.
      if (told?.kind === 'film-failed')
        expect(told.problem.code, told.problem.says).toBe('machine.ffmpeg-killed');
      if (told) return told.kind === 'film';
      await manager.change();
    }
  };

  const startedAt = performance.now();
  await server.start();
  await deliver(1, false);
  const unit = Math.min(2000, performance.now() - startedAt);
  const stop = new AbortController();
  let killing = true;
  const kills = killOften(server, random, unit, stop.signal).finally(() => {
    killing = false;
  });
  try {
    const coming = shuffled(FRAMES, random)
      .filter((frame) => frame !== 1)
      .values();
    const line = async () => {
      for (const frame of coming) await deliver(frame, false);
    };
    await Promise.all(Array.from({ length: LINES }, line));
    let films = 0;
    while (killing) {
      if (await filmMade()) films += 1;
      for (let again = 0; again < 3; again += 1) await deliver(1 + Math.floor(random() * FRAMES), true);
    }
    const done = await kills;
    await expect.poll(filmMade).toBe(true);
    console.log(`  killed: frame server ${done.server}, ffmpeg ${done.ffmpeg}; films meanwhile: ${films}`);
    const seen = await shades(folder.join('jobs', job, 'film.mp4'));
    expect(seen).toHaveLength(FRAMES);
    const wrong = seen.flatMap((red, at) => (Math.abs(red - (shown.get(at + 1) ?? 0)) < 6 ? [] : [at + 1]));
    expect(wrong, 'frames with another picture').toEqual([]);
    await expect.poll(() => readdir(folder.join('unfinished'))).toEqual([]);
  } finally {
    stop.abort();
    await kills.catch(() => undefined);
    await server.kill();
    await manager.close();
  }
});

function shuffled(count: number, random: () => number): number[] {
  const frames = Array.from({ length: count }, (_, at) => at + 1);
  for (let at = count - 1; at > 0; at -= 1) {
    const other = Math.floor(random() * (at + 1));
    [frames[at], frames[other]] = [frames[other] ?? 0, frames[at] ?? 0];
  }
  return frames;
}
