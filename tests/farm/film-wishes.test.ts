import { execFile } from 'node:child_process';
import { access } from 'node:fs/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { lookAtFilm } from './processes/look-at-film.ts';
import { expectProblem } from './processes/problems.ts';
import { writeFakeScene } from './processes/scenes.ts';
import { TestFarm } from './processes/test-farm.ts';
import { TestFolder } from './processes/test-folder.ts';

// What people wish of a film, from the command to the file.
let folder: TestFolder;
let farm: TestFarm;
beforeAll(async () => {
  folder = await TestFolder.make();
  farm = await TestFarm.start(folder, { workers: 1, slots: 2 });
});
afterAll(async () => {
  await farm[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

const render = async (scene: object, name: string, ...more: string[]) =>
  farm.command(['render', await writeFakeScene(folder, { frameEnd: 6, ...scene }, { name }), ...more]);

async function comment(film: string): Promise<string> {
  const args = ['-v', 'error', '-show_entries', 'format_tags=comment', '-of', 'csv=p=0', film];
  return (await promisify(execFile)('ffprobe', args)).stdout.trim();
}

/** Frame 3 misbehaves as often as it is tried. */
const broken = { behaviour: 'crash', onFrames: [3], times: 3 };

test('a preset picks the ending, and a finished job gets another film without rendering', async () => {
  const { code, last } = await render({}, 'kept', '--preset', 'archive');
  expect({ code, last }).toMatchObject({ code: 0, last: { frames: 6 } });
  expect(last.film).toMatch(/kept\.mkv$/);
  expect(await lookAtFilm(String(last.film))).toMatchObject({ codec: 'ffv1', frames: 6, width: 64 });
  const again = folder.join('again.mov');
  const wishes = ['--codec', 'h265', '--depth', '10', '--film-size', '50%', '--fps', '12'];
  const made = await farm.command(['film', String(last.job), '--output', again, ...wishes]);
  expect(made).toMatchObject({ code: 0, last: { event: 'film', film: again, frames: 6, marked: null } });
  expect(await lookAtFilm(again)).toMatchObject({ codec: 'hevc', frames: 6, width: 32, rate: '12/1' });
  expect(await farm.job(String(last.job))).toMatchObject({ state: 'completed', frames: { done: 6 } });
});

test('a frame that failed is marked in the film, which says so; strict jobs have none', async () => {
  const film = folder.join('broken.mp4');
  const ended = await render(broken, 'broken', '--output', film);
  expectProblem(ended, 1, 'job.frames-failed', ['1 of 6 frames failed (3)', 'marked picture']);
  expect(ended.last).toMatchObject({ failedFrames: [3], film });
  expect(await lookAtFilm(film)).toMatchObject({ frames: 6, codec: 'h264' });
  expect(await comment(film)).toContain('marked picture: 3');
  expect((await farm.job(String(ended.last.job))).film).toMatchObject({ state: 'done', marked: '3' });
  const none = folder.join('strict.mp4');
  const strict = await render({ ...broken, behaviour: 'nothing' }, 'strict', '--output', none, '--strict');
  expectProblem(strict, 1, 'job.frames-failed', ['1 of 6 frames failed (3)']);
  expect(strict.last).toMatchObject({ film: null });
  await expect(access(none)).rejects.toThrow();
});

test('wishes that make no film are refused before anything is sent', async () => {
  const wrong = (...more: string[]) => render({}, 'wrong', ...more);
  expectProblem(await wrong('--output', 'a.mp4', '--codec', 'prores'), 2, 'film.bad-settings', ['prores']);
  expectProblem(await wrong('--ffmpeg', '-i /etc/passwd'), 2, 'film.bad-argument', ['"-i"']);
  expectProblem(await wrong('--ffmpeg', '-vf movie=/etc/passwd'), 2, 'film.bad-argument', ['movie']);
  expectProblem(await wrong('--codec', 'theora'), 2, 'usage.bad-flag', ['--codec', 'theora']);
});

test('arguments for ffmpeg reach the encoder, and any encoder it has can be named', async () => {
  const film = folder.join('own.mkv');
  const own = ['--output', film, '--ffmpeg', "-c:v libtheora -q:v 7 -metadata 'comment=by hand'"];
  expect((await render({}, 'own', ...own)).code).toBe(0);
  expect(await lookAtFilm(film)).toMatchObject({ codec: 'theora', frames: 6 });
  expect(await comment(film)).toBe('by hand');
});
