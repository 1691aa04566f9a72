import { FarmError } from '@akashganga/protocol';
import { readAll, runFfmpeg } from '../ffmpeg/run-ffmpeg.ts';
import { readExrFile } from './formats/exr-file.ts';
import { LARGEST_PICTURE } from './load-sharp.ts';
import type { PictureKind } from './picture-kinds.ts';
import type { Pixels } from './pixels.ts';

const SECONDS = 120;

/**
 * Decodes one picture with ffmpeg (about 60 ms for the process, 0.5 s for 1080p of OpenEXR). ffmpeg goes on
 * after some faults and only complains, so a complaint counts as a fault. Throws an `Error` that ends a
 * sentence, and `machine.no-ffmpeg`.
 */
export async function decodeWithFfmpeg(
  path: string,
  kind: Extract<PictureKind, { by: 'ffmpeg' }>,
  ffmpeg: string | null,
): Promise<Pixels> {
  if (ffmpeg === null) throw new FarmError('machine.no-ffmpeg');
  const layer = kind.decoder === 'exr' ? await layerOf(path) : '';
  const args = ['-f', 'image2', '-pattern_type', 'none', '-c:v', kind.decoder, ...kind.input];
  if (layer !== '') args.push('-layer', layer);
  args.push('-i', path, '-frames:v', '1', '-vf', kind.filter);
  args.push('-f', 'image2pipe', '-c:v', 'ppm', '-pix_fmt', 'rgb24', '-');
  const stop = new AbortController();
  const run = runFfmpeg(ffmpeg, args, AbortSignal.any([stop.signal, AbortSignal.timeout(SECONDS * 1000)]));
  run.stdin.end();
  try {
    const bytes = await readAll(run.stdout, LARGEST_PICTURE * 3 + 64);
    const { ok, said } = await run.ended;
    if (!ok || said !== '') throw new Error(said);
    return readPpm(bytes);
  } finally {
    stop.abort();
  }
}

async function layerOf(path: string): Promise<string> {
  const { layer, whole } = await readExrFile(path);
  if (!whole) throw new Error('it is cut short');
  return layer;
}

/** `P6`, width, height and 255 as text, then the pixels. */
function readPpm(bytes: Buffer): Pixels {
  const match = /^P6\n(\d+) (\d+)\n255\n/.exec(bytes.toString('latin1', 0, 64));
  if (!match) throw new Error('ffmpeg gave no picture');
  const [width, height] = [Number(match[1]), Number(match[2])];
  const data = bytes.subarray(match[0].length);
  if (data.length !== width * height * 3) throw new Error('ffmpeg gave only a part of the picture');
  return { width, height, data };
}
