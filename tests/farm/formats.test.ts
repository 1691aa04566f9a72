import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import {
  type Container,
  canKeepAlpha,
  type FilmSettings,
  type FrameKind,
  filmCodec,
  frameHeaders,
} from '@akashganga/protocol';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findFfmpeg } from '../../packages/frames/src/ffmpeg/find-ffmpeg.ts';
import { FrameFarm } from '../../packages/frames/src/fixtures/frames.fixture.ts';

// Every format with every kind of frames, looked at with ffprobe and by decoding. The table in the guide is what comes out
// here; AKASHGANGA_WRITE_TABLE=1 in the environment writes it anew.
const run = promisify(execFile);
const ffmpeg = findFfmpeg(process.env.PATH ?? '') ?? 'ffmpeg';
const guide = fileURLToPath(new URL('../../docs/guide/film.md', import.meta.url));
const FRAMES = 5;

const films: readonly (readonly [Container, FilmSettings])[] = [
  ['mp4', {}],
  ['mp4', { codec: 'h265', depth: 10 }],
  ['mp4', { codec: 'av1' }],
  ['mov', {}],
  ['mov', { preset: 'master' }],
  ['mkv', {}],
  ['mkv', { codec: 'av1' }],
  ['mkv', { preset: 'archive' }],
  ['webm', {}],
  ['webm', { codec: 'vp8' }],
  ['webm', { codec: 'av1' }],
  ['mpg', {}],
  ['flv', {}],
  ['flv', { codec: 'sorenson' }],
  ['wmv', {}],
  ['avi', {}],
  ['avi', { codec: 'mjpeg' }],
  ['avi', { preset: 'archive' }],
  ['gif', {}],
];

interface Frames {
  readonly width: number;
  readonly height: number;
  readonly kind: FrameKind;
  readonly extension: '.png' | '.exr';
}
const even = { width: 128, height: 96 };
const plain: FrameKind = { transparent: false, depth: 8 };
const kinds: Readonly<Record<string, Frames>> = {
  even: { ...even, kind: plain, extension: '.png' },
  odd: { width: 129, height: 97, kind: plain, extension: '.png' },
  alpha: { ...even, kind: { transparent: true, depth: 8 }, extension: '.png' },
  '16 bit': { ...even, kind: { transparent: false, depth: 16 }, extension: '.png' },
  EXR: { ...even, kind: { transparent: false, depth: 32 }, extension: '.exr' },
};

let farm: FrameFarm;
beforeAll(async () => {
  farm = await FrameFarm.start({ ffmpeg, searchPath: process.env.PATH ?? '' });
  for (const [name, frames] of Object.entries(kinds))
    for (let frame = 1; frame <= FRAMES; frame += 1) {
      const headers = { [frameHeaders.extension]: frames.extension };
      await farm.deliver(jobOf(name), frame, await picture(frames, frame), headers);
    }
});
afterAll(() => farm[Symbol.asyncDispose]());

function jobOf(name: string): string {
  return `kind-${name.replace(' ', '-').toLowerCase()}`;
}

/** Soft shades and a disc that moves: what is lost of these is the codec's doing. 16 bits a channel, straight alpha. */
function pixels({ width, height, kind }: Frames, frame: number): Uint16Array {
  const data = new Uint16Array(width * height * 4);
  for (let at = 0; at < width * height; at += 1) {
    const [x, y] = [(at % width) / width, Math.floor(at / width) / height];
    const away = Math.hypot(x - 0.2 - frame * 0.1, (y - 0.5) * 0.75);
    const light = Math.max(0, 1 - away * 4);
    data[at * 4] = 65_535 * (0.15 + 0.5 * x + 0.3 * light);
    data[at * 4 + 1] = 65_535 * (0.2 + 0.4 * y + 0.35 * light);
    data[at * 4 + 2] = 65_535 * (0.5 - 0.3 * x + 0.1 * frame * (1 - light));
    data[at * 4 + 3] = kind.transparent ? 65_535 * Math.min(1, light * 1.5) : 65_535;
  }
  return data;
}

async function picture(frames: Frames, frame: number): Promise<Buffer> {
  const { width, height, kind, extension } = frames;
  const raw = sharp(pixels(frames, frame), { raw: { width, height, channels: 4 } });
  const deep = raw.toColourspace('rgb16');
  if (extension === '.exr') {
    const png = await deep.removeAlpha().png().toBuffer();
    const path = join(farm.folder, 'source.png');
    await writeFile(path, png);
    const args = [
      '-v',
      'error',
      '-i',
      path,
      '-vf',
      'format=gbrpf32le',
      '-c:v',
      'exr',
      '-f',
      'image2pipe',
      '-',
    ];
    return (await run(ffmpeg, args, { encoding: 'buffer' })).stdout;
  }
  if (kind.transparent) return raw.toColourspace('srgb').png().toBuffer();
  return (kind.depth === 16 ? deep : raw.toColourspace('srgb')).removeAlpha().png().toBuffer();
}

interface Stream {
  readonly codec_name: string;
  readonly pix_fmt: string;
  readonly width: number;
  readonly height: number;
  readonly nb_read_frames: string;
  readonly r_frame_rate: string;
  readonly avg_frame_rate: string;
  readonly color_range?: string;
  readonly color_space?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

async function probe(
  path: string,
): Promise<{ format: { format_name: string; duration: string }; stream: Stream }> {
  const args = ['-v', 'error', '-count_frames', '-show_format', '-show_streams', '-of', 'json', path];
  const { format, streams } = JSON.parse((await run('ffprobe', args)).stdout);
  expect(streams).toHaveLength(1);
  return { format, stream: streams[0] };
}

/** All pictures with 16 bits a channel and alpha, of the size of the frames; read with 8 where the frames have no more. */
async function decode(
  path: string,
  { width, height, kind }: Frames,
  before: readonly string[],
): Promise<Uint16Array> {
  const format = kind.depth === 8 ? 'rgba' : 'rgba64le';
  const crop = `format=${format},crop=${width}:${height}:0:0:exact=1`;
  const args = ['-v', 'error', ...before, '-i', path, '-vf', crop, '-vsync', 'passthrough'];
  const raw = ['-f', 'rawvideo', '-pix_fmt', format, '-'];
  const { stdout } = await run(ffmpeg, [...args, ...raw], { encoding: 'buffer', maxBuffer: 64 << 20 });
  if (kind.depth === 8) return Uint16Array.from(stdout, (value) => value * 257);
  return new Uint16Array(stdout.buffer, stdout.byteOffset, stdout.length / 2);
}

/** The frames as a player shows them: on black where the film has no transparency. */
function expectedOf(frames: Frames, keepsAlpha: boolean): Promise<Uint16Array> {
  const name = `${nameOf(frames)} ${keepsAlpha}`;
  const known = expectations.get(name) ?? readExpected(frames, keepsAlpha);
  expectations.set(name, known);
  return known;
}

const expectations = new Map<string, Promise<Uint16Array>>();

async function readExpected(frames: Frames, keepsAlpha: boolean): Promise<Uint16Array> {
  const all = new Uint16Array(FRAMES * frames.width * frames.height * 4);
  for (let frame = 1; frame <= FRAMES; frame += 1) {
    const path = join(farm.folder, 'jobs', jobOf(nameOf(frames)), 'frames', `000${frame}${frames.extension}`);
    const one = await decode(path, frames, frames.extension === '.exr' ? ['-apply_trc', 'iec61966_2_1'] : []);
    all.set(keepsAlpha ? one : onBlack(one), ((frame - 1) * all.length) / FRAMES);
  }
  return all;
}

function nameOf(frames: Frames): string {
  return Object.entries(kinds).find(([, one]) => one === frames)?.[0] ?? '';
}

function onBlack(data: Uint16Array): Uint16Array {
  return data.map((value, at) =>
    at % 4 === 3 ? 65_535 : Math.round((value * (data[at - (at % 4) + 3] ?? 0)) / 65_535),
  );
}

/** The PSNR in steps of 5 dB: what is seen through counts as much as it shows. */
function likeness(found: Uint16Array, wanted: Uint16Array): string {
  expect(found.length).toBe(wanted.length);
  const [one, other] = [onBlack(found), onBlack(wanted)];
  let squares = 0;
  let most = 0;
  for (let at = 0; at < one.length; at += 1) {
    const off = (one[at] ?? 0) - (other[at] ?? 0);
    squares += off * off;
    most = Math.max(most, Math.abs(off));
  }
  if (most === 0) return 'exact';
  return `${Math.floor((10 * Math.log10((65_535 ** 2 * one.length * 0.75) / squares)) / 5) * 5} dB`;
}

interface Made {
  readonly cell: string;
  readonly film: string;
}

async function make(container: Container, settings: FilmSettings, name: string): Promise<Made> {
  const frames = kinds[name]!;
  const job = jobOf(name);
  farm.manager.reports.length = 0;
  const rate = { fps: 30, base: 1.001 };
  const order = { job, name: 'Table', container, rate, frames: `1-${FRAMES}`, extension: frames.extension };
  farm.manager.order({ ...order, settings, kind: frames.kind });
  const report = await Promise.race([
    farm.manager.report('film', job),
    farm.manager.report('film-failed', job),
  ]);
  if (report.kind === 'film-failed') throw new Error(`${container} ${name}: ${report.problem.says}`);
  const path = join(farm.folder, 'jobs', job, `film.${container}`);
  const { format, stream } = await probe(path);
  expect(stream.nb_read_frames, `${container} ${name}`).toBe(String(FRAMES));
  expectRate(container, stream, Number(format.duration));
  const codec = filmCodec(container, settings);
  const keepsAlpha = frames.kind.transparent && canKeepAlpha(codec);
  const decoder = keepsAlpha && codec === 'vp9' ? ['-c:v', 'libvpx-vp9'] : [];
  const shown = likeness(await decode(path, frames, decoder), await expectedOf(frames, keepsAlpha));
  const notes = report.notes ?? [];
  expect(notes.some((note) => note.startsWith('Transparent'))).toBe(frames.kind.transparent && !keepsAlpha);
  const alpha = stream.tags?.alpha_mode === '1' ? ' + alpha' : '';
  const tags = stream.color_space && stream.color_space !== 'unknown' ? stream.color_space : 'not said';
  const container_ = format.format_name.split(',').includes(container)
    ? container
    : format.format_name.split(',')[0];
  return {
    cell: `${stream.pix_fmt}${alpha}, ${stream.width}x${stream.height}, ${shown}`,
    film: `${container_} | ${stream.codec_name} | ${tags}`,
  };
}

// FLV and WMV keep milliseconds, and a GIF hundredths of a second, so only the whole length tells.
function expectRate(container: Container, stream: Stream, seconds: number): void {
  if (container === 'gif') return expect(FRAMES / seconds).toBeCloseTo(29.97, -0.7);
  const [over = 0, under = 1] = (container === 'flv' ? stream.avg_frame_rate : stream.r_frame_rate)
    .split('/')
    .map(Number);
  if (container === 'wmv' || container === 'flv') return expect(over / under).toBeCloseTo(29.97, 0);
  expect(`${over}/${under}`).toBe('30000/1001');
}

function wish({ preset, codec, depth }: FilmSettings): string {
  const flags = Object.entries({ preset, codec, depth }).filter(([, value]) => value !== undefined);
  return flags.map(([flag, value]) => ` --${flag} ${value}`).join('');
}

test('every format holds every kind of frames, and the table in the guide says how', async () => {
  const names = Object.keys(kinds);
  const lines = [
    `| asked for | container | codec | colours | ${names.join(' | ')} |`,
    `| ${['---', '---', '---', '---', ...names.map(() => '---')].join(' | ')} |`,
  ];
  for (const [container, settings] of films) {
    const made: Made[] = [];
    for (const name of names) made.push(await make(container, settings, name));
    const [film] = new Set(made.map((one) => one.film));
    lines.push(
      `| \`.${container}${wish(settings)}\` | ${film} | ${made.map(({ cell }) => cell).join(' | ')} |`,
    );
  }
  const table = lines.join('\n');
  const text = await readFile(guide, 'utf8');
  const [before, rest = ''] = text.split('<!-- made by tests/farm/formats.test.ts -->\n');
  const [found, after] = rest.split('\n<!-- end of the table -->');
  if (process.env.AKASHGANGA_WRITE_TABLE)
    await writeFile(
      guide,
      `${before}<!-- made by tests/farm/formats.test.ts -->\n${table}\n<!-- end of the table -->${after}`,
    );
  else expect(found).toBe(table);
});
