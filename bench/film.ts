/**
 * From the last frame's arrival to the finished film: ours, whose segments were encoded while frames came, and one
 * ffmpeg over all frames at the end, with the same settings of x264. Size and PSNR of both, 1920x1080.
 *
 * Run: npx tsx --conditions=source bench/film.ts [--quick] [--frames N] [--pace N] [--settle] [--only ours|whole|make] [--in DIR]
 * `--settle`: the last frame comes when the encoders have caught up with all others, as where frames take long to render.
 * `--pace`: frames a second that arrive, 0 for as fast as they are taken; `--in`: frames are kept there and found again.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs, promisify } from 'node:util';
import type { EncodeOrderInput } from '@akashganga/protocol';
import { findFfmpeg } from '../packages/frames/src/ffmpeg/find-ffmpeg.ts';
import { encoderRecipes } from '../packages/frames/src/film/encoder/film-recipes.ts';
import { segmentCount } from '../packages/frames/src/film/segments/segment-list.ts';
import { FrameFarm } from '../packages/frames/src/fixtures/frames.fixture.ts';
import { makeFrames } from './film/make-frames.ts';

const run = promisify(execFile);
const found = findFfmpeg(process.env.PATH ?? '');
if (found === null) throw new Error('there is no ffmpeg');
const ffmpeg = found;
const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    frames: { type: 'string' },
    pace: { type: 'string', default: '6' },
    settle: { type: 'boolean', default: false },
    only: { type: 'string' },
    in: { type: 'string' },
  },
});
const counts = values.frames ? [Number(values.frames)] : values.quick ? [100] : [100, 1000];
const pace = Number(values.pace);

interface Row {
  readonly frames: number;
  readonly how: string;
  readonly seconds: number;
  /** Segments that were not made when the last frame was there. */
  readonly left: string;
  readonly megabytes: number;
  readonly psnr: string;
}

async function psnr(film: string, folder: string): Promise<string> {
  const reference = ['-framerate', '24', '-i', join(folder, '%05d.png')];
  const filter = '[0:v]format=yuv420p[a];[1:v]scale=out_color_matrix=bt709,format=yuv420p[b];[a][b]psnr';
  const { stderr } = await run(ffmpeg, ['-i', film, ...reference, '-lavfi', filter, '-f', 'null', '-']);
  return /average:([\d.]+|inf)/.exec(stderr)?.[1] ?? '?';
}

async function ours(folder: string, files: readonly string[]): Promise<Row> {
  await using farm = await FrameFarm.start({ ffmpeg });
  const rate = { fps: 24, base: 1 };
  const order: EncodeOrderInput = {
    ...{ job: 'bench', name: 'bench', container: 'mp4', rate, extension: '.png' },
    frames: `1-${files.length}`,
  };
  farm.manager.plan(order);
  const start = performance.now();
  const folderOfParts = join(farm.folder, 'jobs', 'bench', 'segments');
  const made = async () => {
    const parts = await readdir(folderOfParts).catch(() => []);
    return parts.filter((name) => name.endsWith('.json')).length;
  };
  for (const [at, path] of files.entries()) {
    const isLast = at === files.length - 1;
    while (values.settle && isLast && (await made()) < segmentCount(files.length) - 1) await sleep(200);
    if (pace > 0) await sleep(Math.max(0, start + (at / pace) * 1000 - performance.now()));
    await farm.deliver('bench', at + 1, await readFile(path));
  }
  const last = performance.now();
  const before = await made();
  farm.manager.order(order);
  await farm.manager.report('film', 'bench');
  const seconds = (performance.now() - last) / 1000;
  const left = `${segmentCount(files.length) - before} of ${segmentCount(files.length)}`;
  const film = join(farm.folder, 'jobs', 'bench', 'film.mp4');
  return { left, ...(await row('segments', files.length, seconds, film, folder)) };
}

async function whole(folder: string, { length: count }: readonly string[]): Promise<Row> {
  const film = join(root, `${count}.mp4`);
  const start = performance.now();
  const input = ['-v', 'error', '-framerate', '24', '-i', join(folder, '%05d.png')];
  const colours = 'scale=out_color_matrix=bt709:out_range=tv:flags=bicubic+accurate_rnd+full_chroma_int';
  const { args, levels } = encoderRecipes.libx264;
  const codec = ['-vf', `${colours},format=yuv420p`, '-c:v', 'libx264', ...args, '-crf', `${levels.review}`];
  await run(ffmpeg, [...input, ...codec, '-movflags', '+faststart', '-y', film]);
  const seconds = (performance.now() - start) / 1000;
  return { left: 'all', ...(await row('one ffmpeg at the end', count, seconds, film, folder)) };
}

async function row(
  how: string,
  frames: number,
  seconds: number,
  film: string,
  folder: string,
): Promise<Omit<Row, 'left'>> {
  const megabytes = (await stat(film)).size / 1e6;
  return { frames, how, seconds, megabytes, psnr: await psnr(film, folder) };
}

const root = await mkdtemp(join(tmpdir(), 'akashganga-bench-film-'));
try {
  console.log('| frames | film made by | segments left | after the last frame, s | MB | PSNR, dB |');
  console.log('| ---: | --- | ---: | ---: | ---: | ---: |');
  for (const count of counts) {
    const folder = join(values.in ?? root, `frames-${count}`);
    const files = await makeFrames(ffmpeg, folder, count);
    for (const [name, measure] of Object.entries({ ours, whole })) {
      if (values.only !== undefined && values.only !== name) continue;
      const { frames, how, left, seconds, megabytes, psnr } = await measure(folder, files);
      console.log(
        `| ${frames} | ${how} | ${left} | ${seconds.toFixed(2)} | ${megabytes.toFixed(2)} | ${psnr} |`,
      );
    }
    if (values.in === undefined) await rm(folder, { recursive: true, force: true });
  }
} finally {
  await rm(root, { recursive: true, force: true });
}
