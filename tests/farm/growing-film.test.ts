// The parts of a film are made while its frames are rendered, in whole farms of real processes.
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { countRenders, lookAtFilm } from './processes/look-at-film.ts';
import { writeFakeScene } from './processes/scenes.ts';
import { TestFarm } from './processes/test-farm.ts';
import { TestFolder } from './processes/test-folder.ts';

/** Two segments of 96 frames, and one of 8. */
const FRAMES = 200;

let folder: TestFolder;
beforeEach(async () => {
  folder = await TestFolder.make();
});
afterEach(() => folder[Symbol.asyncDispose]());

const stored = (farm: TestFarm) => join(farm.data('frames'), 'frames');

test('parts of a film lie on the frame server before its last frame is rendered, and are those of the film', async () => {
  await using farm = await TestFarm.start(folder, { workers: 1, slots: 2 });
  const id = await farm.submit(await writeFakeScene(folder, { frameEnd: FRAMES, secondsPerFrame: 0.05 }));
  await farm.until(id, (job) => job.frames.done >= 110);
  // So that the last frame cannot come however slow the encoder is.
  expect(await farm.command(['pause', id])).toMatchObject({ code: 0 });
  const parts = join(stored(farm), 'jobs', id, 'segments');
  const made = async () =>
    (await readdir(parts).catch(() => [])).filter((name) => name.endsWith('.json')).sort();
  await expect.poll(made).toContain('0000.json');
  const paused = await farm.job(id);
  expect(paused).toMatchObject({ state: 'paused' });
  expect(paused.frames.done).toBeLessThan(FRAMES);
  const first = (await stat(join(parts, '0000.nut'))).mtimeMs;

  expect(await farm.command(['resume', id])).toMatchObject({ code: 0 });
  const job = await farm.ended(id);
  expect(job).toMatchObject({ state: 'completed', problem: null, film: { frames: FRAMES } });
  expect((await stat(join(parts, '0000.nut'))).mtimeMs).toBe(first);
  expect(await made()).toEqual(['0000.json', '0001.json', '0002.json']);
  const film = folder.join('brought.mp4');
  expect(await farm.command(['fetch', id, '--film', film])).toMatchObject({ code: 0 });
  expect(await lookAtFilm(film)).toMatchObject({ frames: FRAMES });
  expect((await countRenders(folder.join('rendered.log'))).size).toBe(FRAMES);
});

test('an encoder that waits for frames of a job that is canceled and deleted leaves nothing', async () => {
  await using farm = await TestFarm.start(folder, { workers: 1, slots: 2 });
  const id = await farm.submit(await writeFakeScene(folder, { frameEnd: FRAMES, secondsPerFrame: 0.05 }));
  const unfinished = () => readdir(join(stored(farm), 'unfinished'));
  await expect.poll(unfinished).toContainEqual(expect.stringMatching(/\.nut$/));
  expect(await farm.command(['cancel', id])).toMatchObject({ code: 0 });
  expect(await farm.command(['delete', id])).toMatchObject({ code: 0 });
  await expect.poll(unfinished).toEqual([]);
  await expect.poll(() => readdir(join(stored(farm), 'jobs'))).toEqual([]);
});
