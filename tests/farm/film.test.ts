import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Container, type EncodeOrderInput, frameHeaders, type GatherReport } from '@akashganga/protocol';
import { hashFile } from '@akashganga/storage';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findFfmpeg } from '../../packages/frames/src/ffmpeg/find-ffmpeg.ts';
import { FrameFarm, makePng, type PixelFormat } from '../../packages/frames/src/fixtures/frames.fixture.ts';

const ffmpeg = findFfmpeg(process.env.PATH ?? '');
const run = promisify(execFile);

const expected: Record<Container, { format: string; codec: string; evenOnly: boolean }> = {
  mp4: { format: 'mov,mp4,m4a,3gp,3g2,mj2', codec: 'h264', evenOnly: true },
  mov: { format: 'mov,mp4,m4a,3gp,3g2,mj2', codec: 'h264', evenOnly: true },
  mkv: { format: 'matroska,webm', codec: 'h264', evenOnly: true },
  webm: { format: 'matroska,webm', codec: 'vp9', evenOnly: false },
  mpg: { format: 'mpeg', codec: 'mpeg2video', evenOnly: false },
  flv: { format: 'flv', codec: 'h264', evenOnly: true },
  wmv: { format: 'asf', codec: 'wmv2', evenOnly: true },
  avi: { format: 'avi', codec: 'mpeg4', evenOnly: false },
  gif: { format: 'gif', codec: 'gif', evenOnly: false },
};

interface Probe {
  format: { format_name: string; duration: string };
  streams: {
    codec_name: string;
    width: number;
    height: number;
    nb_read_frames: string;
    r_frame_rate: string;
    avg_frame_rate: string;
    color_space?: string;
  }[];
}

async function probe(path: string): Promise<Probe> {
  const show =
    'format=format_name,duration:stream=codec_name,width,height,nb_read_frames,r_frame_rate,avg_frame_rate,color_space';
  const args = ['-v', 'error', '-count_frames', '-show_entries', show, '-of', 'json', path];
  return JSON.parse((await run('ffprobe', args)).stdout) as Probe;
}

/** The film's frames as one gray value each: the picture made as small as a pixel. */
async function shades(path: string): Promise<number[]> {
  const args = ['-v', 'error', '-i', path, '-vf', 'scale=1:1:flags=area,format=rgb24', '-f', 'rawvideo', '-'];
  const { stdout } = await run(ffmpeg ?? '', args, { encoding: 'buffer' });
  return Array.from({ length: stdout.length / 3 }, (_, frame) => stdout[frame * 3]!);
}

describe('films', () => {
  let farm: FrameFarm;
  beforeAll(async () => {
    farm = await FrameFarm.start({ ffmpeg });
  });
  afterAll(async () => {
    await farm[Symbol.asyncDispose]();
  });

  async function film(
    order: Partial<EncodeOrderInput> & { job: string; frames: string },
  ): Promise<{ report: Extract<GatherReport, { kind: 'film' }>; path: string }> {
    const rate = { fps: 24, base: 1 };
    const whole: EncodeOrderInput = { name: 'A film', container: 'mp4', rate, extension: '.png', ...order };
    farm.manager.order(whole);
    const report = await Promise.race([
      farm.manager.report('film', order.job),
      farm.manager.report('film-failed', order.job),
    ]);
    if (report.kind === 'film-failed') throw new Error(report.problem.says);
    return { report, path: join(farm.folder, 'jobs', order.job, `film.${whole.container}`) };
  }

  for (const container of Container.options)
    for (const [width, height] of [
      [64, 48],
      [65, 49],
    ] as const)
      test(`${container} of ${width}x${height} has each frame once, at its rate`, async () => {
        const job = `${container}-${width}`;
        const wanted = [20, 90, 160, 230, 60, 130];
        for (const [at, shade] of wanted.entries())
          await farm.deliver(job, at + 1, await makePng({ width, height, shade }));
        const { report, path } = await film({ job, frames: '1-6', container });
        const { format, streams } = await probe(path);
        const { evenOnly, ...like } = expected[container];
        const even = (side: number) => (evenOnly ? side + (side % 2) : side);
        expect(report).toMatchObject({ container, frames: 6, ...(await hashFile(path)) });
        expect(format.format_name).toBe(like.format);
        expect(streams).toHaveLength(1);
        expect(streams[0]).toMatchObject({
          codec_name: like.codec,
          width: even(width),
          height: even(height),
        });
        expect(streams[0]!.nb_read_frames).toBe('6');
        // FLV keeps times in milliseconds; its header has the rate.
        if (container === 'flv') expect(streams[0]!.avg_frame_rate).toBe('24/1');
        else if (container !== 'gif') expect(streams[0]!.r_frame_rate).toBe('24/1');
        else expect(Number(format.duration)).toBeCloseTo(6 / 24, 2);
        const seen = await shades(path);
        expect(seen).toHaveLength(6);
        for (const [at, shade] of wanted.entries()) expect(Math.abs(seen[at]! - shade)).toBeLessThan(6);
      });

  test('frames with gaps and below zero come in the order of their numbers', async () => {
    const wanted = new Map([
      [-10, 40],
      [-1, 80],
      [0, 120],
      [7, 160],
      [12345, 200],
    ]);
    for (const [frame, shade] of [...wanted].reverse())
      await farm.deliver('gaps', frame, await makePng({ shade }));
    const { path } = await film({ job: 'gaps', frames: '12345,7,-10--1x9,0,7' });
    const seen = await shades(path);
    expect(seen).toHaveLength(5);
    for (const [at, shade] of [...wanted.values()].entries())
      expect(Math.abs(seen[at]! - shade)).toBeLessThan(6);
  });

  test('a sequence whose pictures change their pixel format loses no frame', async () => {
    const formats: PixelFormat[] = ['rgb', 'gray', 'rgba', 'rgb16', 'gray16', 'rgb', 'rgba', 'gray'];
    for (const [at, format] of formats.entries())
      await farm.deliver('mixed', at + 1, await makePng({ format, shade: 40 + at * 20 }));
    const { path } = await film({ job: 'mixed', frames: `1-${formats.length}` });
    expect((await probe(path)).streams[0]!.nb_read_frames).toBe(String(formats.length));
  });

  test('a film of one frame is a film', async () => {
    await farm.deliver('single', 5, await makePng({ shade: 99 }));
    for (const container of Container.options) {
      farm.manager.reports.length = 0;
      const { path } = await film({ job: 'single', frames: '5', container });
      expect(await shades(path), container).toHaveLength(1);
    }
    expect(
      (await readdir(join(farm.folder, 'jobs', 'single'))).filter((name) => name.startsWith('film')),
    ).toEqual(['film.gif', 'film.json']);
  });

  test('odd rates are exact, also where the container cannot say them in its first codec', async () => {
    for (let frame = 1; frame <= 4; frame += 1) await farm.deliver('rates', frame, await makePng());
    for (const [container, fps, base, rate, codec] of [
      ['mp4', 30, Math.fround(1.001), '30000/1001', 'h264'],
      ['mpg', 30, 1.001, '30000/1001', 'mpeg2video'],
      ['mpg', 12, 1, '12/1', 'mpeg2video'],
      ['mpg', 23, 1, '23/1', 'mpeg4'],
      ['avi', 24, 1.001, '24000/1001', 'mpeg4'],
      ['webm', 7, 1, '7/1', 'vp9'],
    ] as const) {
      farm.manager.reports.length = 0;
      const { path } = await film({ job: 'rates', frames: '1-4', container, rate: { fps, base } });
      const { streams } = await probe(path);
      expect(streams[0], `${container} ${fps}`).toMatchObject({
        codec_name: codec,
        nb_read_frames: '4',
        r_frame_rate: rate,
      });
    }
  });

  test('colours are tagged BT.709 where the file can say so', async () => {
    expect((await probe(join(farm.folder, 'jobs', 'mp4-64', 'film.mp4'))).streams[0]!.color_space).toBe(
      'bt709',
    );
  });

  test('the film is served with ranges, an ETag and the name of the job', async () => {
    const whole = await farm.get('/jobs/mp4-64/film');
    const bytes = Buffer.from(await whole.arrayBuffer());
    expect(whole.headers.get('content-type')).toBe('video/mp4');
    expect(whole.headers.get('content-disposition')).toContain('filename="A film.mp4"');
    const part = await farm.get('/jobs/mp4-64/film', { range: 'bytes=100-199' });
    expect(part.status).toBe(206);
    expect(part.headers.get('content-range')).toBe(`bytes 100-199/${bytes.length}`);
    expect(Buffer.from(await part.arrayBuffer())).toEqual(bytes.subarray(100, 200));
    expect((await farm.get('/jobs/mp4-64/film', { range: `bytes=${bytes.length}-` })).status).toBe(416);
    const { digest } = await hashFile(join(farm.folder, 'jobs', 'mp4-64', 'film.mp4'));
    expect((await farm.get('/jobs/mp4-64/film', { 'if-none-match': `"${digest}"` })).status).toBe(304);
  });

  test('a frame that is missing is named, and one that is damaged is put aside so that it can come again', async () => {
    const png = await makePng({ shade: 30 });
    await farm.deliver('broken', 1, png);
    await farm.deliver('broken', 2, png);
    await expect(film({ job: 'broken', frames: '1-3' })).rejects.toThrow('frame 3 is missing');
    farm.manager.reports.length = 0;
    const path = join(farm.folder, 'jobs', 'broken', 'frames', '0002.png');
    const damaged = await readFile(path);
    damaged[damaged.length >> 1] = damaged[damaged.length >> 1]! ^ 0xff;
    await writeFile(path, damaged);
    await expect(film({ job: 'broken', frames: '1-2' })).rejects.toThrow(
      'frame 2 cannot be read: its file is damaged',
    );
    expect((await farm.deliver('broken', 2, png)).kept).toBe(true);
    farm.manager.reports.length = 0;
    expect((await film({ job: 'broken', frames: '1-2' })).report.frames).toBe(2);
  });

  test('OpenEXR, TGA and BMP frames are checked, get thumbnails, and make a film with the right shades', async () => {
    for (const [extension, codec] of [
      ['.exr', ['-c:v', 'exr']],
      ['.tga', ['-c:v', 'targa']],
      ['.bmp', ['-c:v', 'bmp']],
    ] as const) {
      const job = `kind-${extension.slice(1)}`;
      const headers = { [frameHeaders.extension]: extension };
      for (let frame = 1; frame <= 3; frame += 1) {
        // Light in OpenEXR is linear, as ffmpeg's encoder takes its input to be.
        const pixels = extension === '.exr' ? 'format=gbrpf32le' : 'format=bgr24';
        const png = join(farm.folder, `${job}.png`);
        await writeFile(png, await makePng({ shade: frame * 60, width: 66 }));
        const args = ['-v', 'error', '-i', png, '-vf', pixels, ...codec, '-f', 'image2pipe', '-'];
        const { stdout } = await run(ffmpeg ?? '', args, { encoding: 'buffer' });
        await expect(
          farm.deliver(job, frame, stdout.subarray(0, stdout.length - 60), headers),
        ).rejects.toMatchObject({
          code: 'render.bad-file',
        });
        expect((await farm.deliver(job, frame, stdout, headers)).kept, job).toBe(true);
      }
      expect((await farm.get(`/jobs/${job}/frames/2/thumbnail`)).headers.get('content-type')).toBe(
        'image/webp',
      );
      const { path } = await film({ job, frames: '1-3', extension });
      const seen = await shades(path);
      expect(seen).toHaveLength(3);
      const srgb = (light: number) => Math.round(255 * (1.055 * (light / 255) ** (1 / 2.4) - 0.055));
      for (const [at, shade] of [60, 120, 180].entries())
        expect(
          Math.abs(seen[at]! - (extension === '.exr' ? srgb(shade) : shade)),
          `${job} ${at}`,
        ).toBeLessThan(8);
    }
  });

  test('the same order again finds the film and makes no second one', async () => {
    const { mtimeMs } = await stat(join(farm.folder, 'jobs', 'mp4-64', 'film.mp4'));
    farm.manager.reports.length = 0;
    const { path } = await film({ job: 'mp4-64', frames: '1-6' });
    expect((await stat(path)).mtimeMs).toBe(mtimeMs);
  });
});

describe('films that are interrupted', () => {
  const order: EncodeOrderInput = {
    job: 'long',
    name: 'Long',
    container: 'webm',
    rate: { fps: 24, base: 1 },
    frames: '1-40',
    extension: '.png',
  };

  async function deliverAll(farm: FrameFarm): Promise<void> {
    for (let frame = 1; frame <= 40; frame += 1)
      await farm.deliver('long', frame, await makePng({ width: 1280, height: 720, shade: frame * 5 }));
  }

  async function underWay(farm: FrameFarm): Promise<void> {
    for (let tries = 0; tries < 500; tries += 1) {
      if ((await readdir(join(farm.folder, 'unfinished'))).some((name) => name.endsWith('.nut'))) return;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    throw new Error('no film was begun');
  }

  test('a film that was cut off by a stop is made by the next start, and nothing of the first is left', async () => {
    await using farm = await FrameFarm.start({ ffmpeg });
    await deliverAll(farm);
    farm.manager.order(order);
    await underWay(farm);
    await farm.stopServer();
    expect(await readdir(join(farm.folder, 'unfinished'))).toEqual([]);
    expect(farm.manager.reports.some((report) => report.kind.startsWith('film'))).toBe(false);
    await writeFile(join(farm.folder, 'unfinished', 'left-by-a-kill.nut'), 'half a film');
    await farm.startServer();
    expect((await farm.manager.report('film', 'long')).frames).toBe(40);
    expect(await readdir(join(farm.folder, 'unfinished'))).toEqual([]);
    expect(farm.manager.hellos.map((hello) => hello.id)).toEqual([
      farm.manager.hellos[0]!.id,
      farm.manager.hellos[0]!.id,
    ]);
    expect(farm.manager.hellos[0]!.containers).toContain('webm');
  });

  test('a frame server killed in the middle of a film has its frames, and the next start makes the film', async () => {
    await using farm = await FrameFarm.start({ ffmpeg });
    await deliverAll(farm);
    await farm.stopServer();
    const options = { folder: farm.folder, farm: farm.manager.farm, ffmpeg };
    const script = `
      import { startFrameServer } from '@akashganga/frames';
      import { pino } from 'pino';
      const where = { host: '127.0.0.1', port: 0, publicUrl: null, name: 'doomed' };
      await startFrameServer({ ...where, ...${JSON.stringify(options)}, log: pino({ level: 'silent' }) });`;
    const doomed = spawn(process.execPath, ['--input-type=module', '-e', script], {
      cwd: join(import.meta.dirname, '../../packages/frames'),
      stdio: 'inherit',
    });
    farm.manager.order(order);
    await underWay(farm);
    doomed.kill('SIGKILL');
    await once(doomed, 'exit');
    await farm.startServer();
    expect((await farm.manager.report('film', 'long')).frames).toBe(40);
    expect(await readdir(join(farm.folder, 'unfinished'))).toEqual([]);
    const film = join(farm.folder, 'jobs', 'long', 'film.webm');
    expect((await probe(film)).streams[0]!.nb_read_frames).toBe('40');
  });

  test('a film that is no longer wanted stops, and the next one is made', async () => {
    await using farm = await FrameFarm.start({ ffmpeg });
    await deliverAll(farm);
    await farm.deliver('short', 1, await makePng());
    farm.manager.order(order);
    await underWay(farm);
    farm.manager.stop('long');
    farm.manager.order({ ...order, job: 'short', frames: '1', container: 'mp4' });
    await farm.manager.report('film', 'short');
    expect(farm.manager.reports.some((report) => report.job === 'long' && report.kind !== 'frame')).toBe(
      false,
    );
  });
});
