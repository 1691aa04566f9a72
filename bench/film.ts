/**
 * From the last frame's arrival to the finished film: ours, whose parts were encoded while frames came, and one
 * ffmpeg over all frames at the end. Size and PSNR of both. Run: npx tsx --conditions=source bench/film.ts [--quick]
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { EncodeOrderInput } from '@akashganga/protocol';
import { findFfmpeg } from '../packages/frames/src/ffmpeg/find-ffmpeg.ts';
import { FrameFarm } from '../packages/frames/src/fixtures/frames.fixture.ts';

const run = promisify(execFile);
const found = findFfmpeg(process.env.PATH ?? '');
if (found === null) throw new Error('there is no ffmpeg');
const ffmpeg = found;
const quick = process.argv.includes('--quick');

interface Row {
  readonly frames: number;
  readonly how: string;
  readonly seconds: number;
  readonly megabytes: number;
  readonly psnr: string;
}

/** Frames with slow motion, edges and some grain, as PNG files. */
async function makeFrames(folder: string, count: number): Promise<string[]> {
  const source = `mandelbrot=size=1920x1080:rate=24:maxiter=400:end_scale=0.02,noise=alls=4:allf=t`;
  const out = join(folder, '%05d.png');
  const args = ['-v', 'error', '-f', 'lavfi', '-i', source, '-frames:v', String(count)];
  await run(ffmpeg, [...args, '-compression_level', '1', '-pix_fmt', 'rgb24', out]);
  return (await readdir(folder)).sort().map((name) => join(folder, name));
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
  for (const [at, path] of files.entries()) await farm.deliver('bench', at + 1, await readFile(path));
  const last = performance.now();
  farm.manager.order(order);
  await farm.manager.report('film', 'bench');
  const seconds = (performance.now() - last) / 1000;
  return await row('parts', files.length, seconds, join(farm.folder, 'jobs', 'bench', 'film.mp4'), folder);
}

async function whole(folder: string, count: number): Promise<Row> {
  const film = join(folder, '..', `${count}.mp4`);
  const start = performance.now();
  const input = ['-v', 'error', '-framerate', '24', '-i', join(folder, '%05d.png')];
  const codec = ['-vf', 'scale=out_color_matrix=bt709,format=yuv420p', '-c:v', 'libx264', '-preset', 'fast'];
  await run(ffmpeg, [...input, ...codec, '-crf', '18', '-movflags', '+faststart', '-y', film]);
  return row('ffmpeg at the end', count, (performance.now() - start) / 1000, film, folder);
}

async function row(how: string, frames: number, seconds: number, film: string, folder: string): Promise<Row> {
  const megabytes = (await stat(film)).size / 1e6;
  return { frames, how, seconds, megabytes, psnr: await psnr(film, folder) };
}

const root = await mkdtemp(join(tmpdir(), 'akashganga-bench-film-'));
try {
  console.log('| frames | film made by | after the last frame, s | MB | PSNR, dB |');
  console.log('| ---: | --- | ---: | ---: | ---: |');
  for (const count of quick ? [100] : [100, 1000]) {
    const folder = await mkdtemp(join(root, 'frames-'));
    const files = await makeFrames(folder, count);
    const rows = [await ours(folder, files), await whole(folder, count)];
    for (const { frames, how, seconds, megabytes, psnr } of rows)
      console.log(`| ${frames} | ${how} | ${seconds.toFixed(2)} | ${megabytes.toFixed(1)} | ${psnr} |`);
    await rm(folder, { recursive: true, force: true });
  }
} finally {
  await rm(root, { recursive: true, force: true });
}
