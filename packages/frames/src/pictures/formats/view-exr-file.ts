import { FarmError } from '@akashganga/protocol';
import { readAll, runFfmpeg } from '../../ffmpeg/run-ffmpeg.ts';
import type { PictureTools } from '../load-sharp.ts';
import type { Pixels } from '../pixels.ts';
import { readExrFile } from './exr-file.ts';

/** How an OpenEXR frame is looked at. */
export interface ExrWish {
  /** In stops: light is doubled by each. */
  readonly exposure: number;
  /** One that the file has; null: the picture. */
  readonly layer: string | null;
}

export interface ExrView {
  /** `rgb24`, sRGB, on black where it was transparent. */
  readonly pixels: Pixels;
  readonly layers: readonly string[];
}

/** Pixels: light takes 16 bytes of each while it is read. */
const LARGEST_VIEW = 64_000_000;
const SECONDS = 120;

/**
 * The light of a layer, so many stops brighter, as plain sRGB: no view transform. Throws an `Error` that ends a sentence,
 * and `machine.no-ffmpeg`.
 */
export async function viewExrFile(
  path: string,
  { exposure, layer: wanted }: ExrWish,
  { ffmpeg, largestPicture }: PictureTools,
): Promise<ExrView> {
  if (ffmpeg === null) throw new FarmError('machine.no-ffmpeg');
  const file = await readExrFile(path, Math.min(largestPicture, LARGEST_VIEW));
  const { width, height, layers } = file;
  if (!file.whole) throw new Error('it is cut short');
  if (wanted !== null && !layers.includes(wanted)) throw new Error('it has no such layer of colours');
  const layer = wanted ?? file.layer;
  const light = await readLight(path, layer, ffmpeg, width * height);
  return { layers, pixels: { width, height, kind: 'rgb24', data: develop(light, width * height, exposure) } };
}

// Planes of green, blue, red, perhaps alpha, four bytes a pixel. The filter converts nothing of what the decoder gives:
// a conversion would cut off what is brighter than white.
async function readLight(path: string, layer: string, ffmpeg: string, pixels: number): Promise<Buffer> {
  // ffmpeg counts what it adds to a line too.
  const most = String(2 * LARGEST_VIEW);
  const args = ['-max_pixels', most, '-f', 'image2', '-pattern_type', 'none', '-c:v', 'exr'];
  if (layer !== '') args.push('-layer', layer);
  args.push('-i', path, '-frames:v', '1', '-vf', 'format=gbrpf32le|gbrapf32le', '-f', 'rawvideo', '-');
  const stop = new AbortController();
  const signal = AbortSignal.any([stop.signal, AbortSignal.timeout(SECONDS * 1000)]);
  const run = runFfmpeg(ffmpeg, args, signal, { sharesGroup: true });
  run.stdin.end();
  try {
    const light = await readAll(run.stdout, pixels * 16);
    const { ok, said } = await run.ended;
    if (!ok || said !== '') throw new Error(said);
    if (light.length !== pixels * 12 && light.length !== pixels * 16)
      throw new Error('ffmpeg gave another picture than its header says');
    return light;
  } finally {
    stop.abort();
  }
}

const STEPS = 1 << 16;

function develop(light: Buffer, pixels: number, exposure: number): Buffer {
  const gain = 2 ** exposure;
  const bytes = Uint8Array.from({ length: STEPS + 1 }, (_, at) => Math.round(255 * srgb(at / STEPS)));
  const data = Buffer.allocUnsafe(pixels * 3);
  // The planes are green, blue, red.
  for (const [plane, channel] of [1, 2, 0].entries())
    for (let at = 0; at < pixels; at += 1) {
      const value = light.readFloatLE((plane * pixels + at) * 4) * gain;
      // What is no number is black.
      const step = value > 0 ? Math.min(STEPS, Math.round(value * STEPS)) : 0;
      data[at * 3 + channel] = bytes[step] ?? 0;
    }
  return data;
}

function srgb(value: number): number {
  return value <= 0.0031308 ? value * 12.92 : 1.055 * value ** (1 / 2.4) - 0.055;
}
