import { execFile } from 'node:child_process';
import { access, readdir } from 'node:fs/promises';
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

test('a frame that fails where the film has begun to grow is marked as well', async () => {
  const film = folder.join('late.mp4');
  const late = { ...broken, onFrames: [20], frameEnd: 48, secondsPerFrame: 0.05 };
  const ended = await render(late, 'late', '--output', film);
  expectProblem(ended, 1, 'job.frames-failed', ['1 of 48 frames failed (20)', 'marked picture']);
  expect(await lookAtFilm(film)).toMatchObject({ frames: 48, codec: 'h264' });
  expect(await comment(film)).toContain('marked picture: 20');
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

test('a job without a film ends with its frames, which come under names of their own, and a film can follow', async () => {
  const frames = folder.join('pictures');
  const ended = await render({}, 'bare', '--no-film', '--frames-dir', frames, '--name', '{job}_{frame:05}');
  const { code, last } = ended;
  expect({ code, last }).toMatchObject({ code: 0, last: { event: 'completed', frames: 6, film: null } });
  const names = [1, 2, 3, 4, 5, 6].map((frame) => `bare_0000${frame}.png`);
  expect((await readdir(frames)).sort()).toEqual(['SHA256SUMS', ...names]);
  const id = String(last.job);
  expect(await farm.job(id)).toMatchObject({ state: 'completed', film: { state: 'none' } });
  expectProblem(await farm.command(['fetch', id]), 2, 'film.not-done', [id]);
  const film = folder.join('later.mp4');
  expect(await farm.command(['film', id, '--output', film])).toMatchObject({ code: 0, last: { frames: 6 } });
  expect(await lookAtFilm(film)).toMatchObject({ frames: 6 });
});

test('wishes for a film that is not made, and for names of frames that do not come, are refused', async () => {
  const wrong = (...more: string[]) => render({}, 'wrong', ...more);
  const frames = ['--frames-dir', folder.join('none')];
  expectProblem(await wrong('--no-film'), 2, 'usage.bad-flag', ['--no-film', '--frames-dir DIR']);
  expectProblem(await wrong('--no-film', ...frames, '--preset', 'web'), 2, 'usage.bad-flag', ['--preset']);
  expectProblem(await wrong('--name', '{frame}'), 2, 'usage.bad-flag', ['--name', '--frames-dir']);
  expectProblem(await wrong(...frames, '--name', 'same'), 2, 'usage.bad-flag', ['{frame}']);
});
