import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Container } from '@akashganga/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findFfmpeg } from '../../packages/frames/src/ffmpeg/find-ffmpeg.ts';
import { listEncoders } from '../../packages/frames/src/ffmpeg/list-encoders.ts';
import { addSound } from '../../packages/frames/src/film/sound/add-sound.ts';
import { soundRanges } from '../../packages/frames/src/film/sound/sound-ranges.ts';
import { soundRecipes } from '../../packages/frames/src/film/sound/sound-recipes.ts';
import { clicksIn, writeClicks } from './processes/clicks.ts';
import { lookAtFilm } from './processes/look-at-film.ts';
import { TestFarm } from './processes/test-farm.ts';
import { TestFolder } from './processes/test-folder.ts';

const run = promisify(execFile);
const ffmpeg = findFfmpeg(process.env.PATH ?? '') ?? '';
const NTSC = 30 / 1.001;
const CLICKS = [1, 13, 25, 37, 49];

let folder: TestFolder;
let farm: TestFarm;
beforeAll(async () => {
  folder = await TestFolder.make();
  await writeClicks(folder.join('clicks.wav'), CLICKS, NTSC);
  const script = fileURLToPath(new URL('./sound-scenes.py', import.meta.url));
  const blender = process.env.AKASHGANGA_BLENDER ?? 'blender';
  await run(blender, [
    '-b',
    '--factory-startup',
    '--python-exit-code',
    '7',
    '-P',
    script,
    '--',
    folder.join('.'),
  ]);
  farm = await TestFarm.start(folder, { environment: {}, workers: 1 });
});
afterAll(async () => {
  await farm?.[Symbol.asyncDispose]();
  await folder?.[Symbol.asyncDispose]();
});

/** The film of a scene, and how many frames each click is late (or early) in it. */
async function filmOf(scene: string, container: Container, clicks: readonly number[], ...flags: string[]) {
  const output = folder.join(`${scene}-${flags.join('').replace(/\W/g, '')}.${container}`);
  const id = await farm.submit(folder.join(`${scene}.blend`), ['--output', output, ...flags]);
  const job = await farm.ended(id);
  expect(job).toMatchObject({ state: 'completed', problem: null });
  expect(await farm.command(['fetch', id, '--film', output])).toMatchObject({ code: 0 });
  const film = await lookAtFilm(output);
  expect(film.frames).toBe(job.frames.total);
  if (clicks.length > 0) expect(job.film.notes).toEqual([]);
  const late = clicks.length === 0 ? [] : await lateness(output, clicks, NTSC);
  return { job, output, film, late };
}

async function lateness(path: string, clicks: readonly number[], fps: number): Promise<number[]> {
  const found = await clicksIn(path);
  expect(found.length, path).toBe(clicks.length);
  return found.map((seconds, at) => seconds * fps - (clicks[at] ?? 0));
}

const streams = async (path: string): Promise<string> =>
  (await run('ffprobe', ['-v', 'error', '-show_entries', 'stream=codec_type', '-of', 'csv=p=0', path]))
    .stdout;

function underOneFrame(late: readonly number[]): void {
  for (const frames of late) expect(Math.abs(frames)).toBeLessThan(1);
}

test('the sound of strips is in the film at its frames, the whole of it and frames 25 to 49', async () => {
  const whole = await filmOf('strips', 'mp4', [0, 12, 24, 36, 48]);
  expect(whole.job.probe).toMatchObject({ sound: true, mix: { first: 1 } });
  expect(whole.job.film.notes).toEqual([]);
  const part = await filmOf('strips', 'webm', [0, 12, 24], '--frames', '25-49');
  underOneFrame([...whole.late, ...part.late]);
});

test('a speaker is heard', async () => {
  underOneFrame((await filmOf('speaker', 'mkv', [2, 14], '--frames', '11-30')).late);
});

test('a file begins with the first frame of the scene; frames that are apart, and --sound none, have no sound', async () => {
  const file = ['--sound', folder.join('clicks.wav')];
  const given = await filmOf('silent', 'mov', [0, 12, 15], '--frames', '25-37,47-50', ...file);
  underOneFrame(given.late);
  const apart = await filmOf('silent', 'mp4', [], '--frames', '1-50x7', ...file);
  expect(apart.job.film.notes).toEqual(['It has no sound: its frames do not follow each other.']);
  const none = await filmOf('strips', 'mp4', [], '--frames', '1-3', '--sound', 'none');
  expect(none.job.probe?.mix).toBeNull();
  for (const { output } of [apart, none]) expect((await streams(output)).trim()).toBe('video');
});

test('a file that is no sound spoils no film, which says so', async () => {
  const path = folder.join('list.txt');
  await writeFile(path, '#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/hostname\n');
  const { job, output } = await filmOf('silent', 'mp4', [], '--frames', '1-3', '--sound', path);
  expect(job.film.notes).toEqual([expect.stringContaining('It has no sound: ')]);
  expect((await streams(output)).trim()).toBe('video');
});

test('in every container the sound is less than 10 ms off, and the pictures are the same', async () => {
  const encoders = await listEncoders(ffmpeg);
  const rate = { numerator: 25, denominator: 1 };
  const clicks = folder.join('pal.wav');
  await writeClicks(clicks, CLICKS, 25);
  for (const container of Container.options) {
    const recipe = soundRecipes[container];
    if (!recipe) continue;
    const silent = folder.join(`made.${container}`);
    const target = folder.join(`heard.${container}`);
    const made = ['-f', 'lavfi', '-i', 'testsrc=size=64x48:rate=25:duration=2'];
    await run(ffmpeg, [
      '-v',
      'error',
      ...made,
      '-pix_fmt',
      'yuv420p',
      ...(container === 'flv' ? ['-c:v', 'libx264'] : []),
      silent,
    ]);
    const encoder = recipe.encoders.find((name) => encoders.has(name)) ?? '';
    const frames = Array.from({ length: 50 }, (_, at) => at + 1);
    const ranges = soundRanges(frames, 1, rate, recipe.rate) ?? [];
    const sound = { path: clicks, ranges, tempo: 1, samplesPerSecond: recipe.rate, encoder };
    await addSound(ffmpeg, { path: silent, container, rate }, sound, target, new AbortController().signal);
    expect(await pictures(target), container).toBe(await pictures(silent));
    // What ffmpeg writes as Windows Media Audio has no first block.
    const heard = container === 'wmv' ? [12, 24, 36, 48] : [0, 12, 24, 36, 48];
    for (const frames of await lateness(target, heard, 25))
      expect(Math.abs(frames / 25), container).toBeLessThan(0.01);
  }
});

async function pictures(path: string): Promise<string> {
  const { stdout } = await run(ffmpeg, [
    '-v',
    'error',
    '-i',
    path,
    '-map',
    '0:v:0',
    '-f',
    'framehash',
    '-hash',
    'md5',
    '-',
  ]);
  return stdout
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .map((line) => line.split(',').at(-1))
    .join();
}

test('nothing of a sound is left on the frame server', async () => {
  expect((await readFile(folder.join('clicks.wav'))).length).toBeGreaterThan(0);
  const { stdout } = await run('find', [
    folder.join('frames'),
    '-name',
    '*.sound',
    '-o',
    '-name',
    '*.heard.*',
  ]);
  expect(stdout).toBe('');
});
