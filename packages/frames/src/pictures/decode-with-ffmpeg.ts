import { FarmError } from '@akashganga/protocol';
import { readAll, runFfmpeg } from '../ffmpeg/run-ffmpeg.ts';
import { readExrFile } from './formats/exr-file.ts';
import type { PictureTools } from './load-sharp.ts';
import type { PictureKind } from './picture-kinds.ts';
import { type PixelKind, type Pixels, pixelBytes, pixelLayouts } from './pixels.ts';

const SECONDS = 120;

/**
 * Decodes one picture with ffmpeg (about 60 ms for the process, 0.5 s for 1080p of OpenEXR). ffmpeg goes on
 * after some faults and only complains, so a complaint counts as a fault. Throws an `Error` that ends a
 * sentence, and `machine.no-ffmpeg`.
 */
export async function decodeWithFfmpeg(
  path: string,
  kind: Extract<PictureKind, { by: 'ffmpeg' }>,
  { ffmpeg, largestPicture }: PictureTools,
  pixels: PixelKind = 'rgb24',
): Promise<Pixels> {
  if (ffmpeg === null) throw new FarmError('machine.no-ffmpeg');
  const layer = kind.decoder === 'exr' ? await layerOf(path, largestPicture) : '';
  const args = [
    '-max_pixels',
    String(largestPicture),
    '-f',
    'image2',
    '-pattern_type',
    'none',
    '-c:v',
    kind.decoder,
    ...kind.input,
  ];
  if (layer !== '') args.push('-layer', layer);
  args.push('-i', path, '-frames:v', '1', '-vf', filterFor(kind.alpha, pixels));
  args.push('-f', 'image2pipe', '-c:v', 'pam', '-');
  const stop = new AbortController();
  const signal = AbortSignal.any([stop.signal, AbortSignal.timeout(SECONDS * 1000)]);
  // In the group of the decoder, so that it ends with it.
  const run = runFfmpeg(ffmpeg, args, signal, { sharesGroup: true });
  run.stdin.end();
  try {
    const bytes = await readAll(run.stdout, largestPicture * pixelBytes(pixels) + HEAD);
    const { ok, said } = await run.ended;
    if (!ok || said !== '') throw new Error(said);
    return readPam(bytes, pixels);
  } finally {
    stop.abort();
  }
}

async function layerOf(path: string, largest: number): Promise<string> {
  const { layer, whole } = await readExrFile(path, largest);
  if (!whole) throw new Error('it is cut short');
  return layer;
}

// OpenEXR holds light and premultiplied alpha: leaving the alpha out puts the picture on black. The others hold straight
// alpha, which has to be multiplied in for the same result. PAM has the large byte of two first.
function filterFor(alpha: 'straight' | 'premultiplied', pixels: PixelKind): string {
  const { bytes, channels } = pixelLayouts[pixels];
  const last = `format=${pixels.replace('le', 'be')}`;
  if (channels === 4) return alpha === 'straight' ? last : `unpremultiply=inplace=1,${last}`;
  return alpha === 'straight'
    ? `format=gbrap${bytes === 2 ? '16le' : ''},premultiply=inplace=1,${last}`
    : last;
}

const HEAD = 128;

/** `P7`, lines with width, height and more, `ENDHDR`, then the pixels. */
function readPam(bytes: Buffer, kind: PixelKind): Pixels {
  const match = /^P7\nWIDTH (\d+)\nHEIGHT (\d+)\n(?:[A-Z]+ \w+\n)*ENDHDR\n/.exec(
    bytes.toString('latin1', 0, HEAD),
  );
  if (!match) throw new Error('ffmpeg gave no picture');
  const [width, height] = [Number(match[1]), Number(match[2])];
  const data = bytes.subarray(match[0].length);
  if (data.length !== width * height * pixelBytes(kind))
    throw new Error('ffmpeg gave only a part of the picture');
  return { width, height, kind, data: pixelLayouts[kind].bytes === 2 ? Buffer.from(data).swap16() : data };
}
