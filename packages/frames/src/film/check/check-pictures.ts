import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { FarmError } from '@akashganga/protocol';
import { ffmpegFailure } from '../../ffmpeg/ffmpeg-failure.ts';
import { type FfmpegRun, runFfmpeg } from '../../ffmpeg/run-ffmpeg.ts';
import { type Pixels, pixelBytes } from '../../pictures/pixels.ts';
import { feed } from '../encode.ts';
import type { ChosenEncoder } from '../encoder/choose-encoder.ts';
import { filmSize } from '../encoder/encoder-arguments.ts';
import { decibels, likeness, type PicturePrint, picturePrint, pixelError } from './picture-print.ts';

/**
 * What is kept of a picture that was put into a film, to know it again: 864 bytes, and 32 more where it has to come out
 * bit by bit.
 */
export interface PictureMark {
  readonly print: PicturePrint;
  readonly digest: Buffer | null;
}

export function markOf(pixels: Pixels, { exact }: Pick<ChosenEncoder, 'exact'>): PictureMark {
  return { print: picturePrint(pixels), digest: exact ? digestOf(pixels.data) : null };
}

/** The pictures as they go by, each marked. */
export async function* marked(
  pictures: AsyncIterable<Pixels>,
  chosen: ChosenEncoder,
  marks: PictureMark[],
): AsyncGenerator<Pixels> {
  for await (const pixels of pictures) {
    marks.push(markOf(pixels, chosen));
    yield pixels;
  }
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Below this the mean colours of a decoded picture are not those of the one that was put in. */
const LEAST_LIKENESS = 20;

interface Checking {
  readonly ffmpeg: string;
  /** Of the frames. */
  readonly size: Size;
  readonly chosen: ChosenEncoder;
  /** Of the pictures that were put in, in their order. */
  readonly marks: readonly PictureMark[];
  /** Others need the computer more. */
  readonly yields?: boolean;
}

/**
 * Decodes a film, or a part of one, and compares each picture with the mark of what was put in: the same number, the
 * same order, the same pictures. Resolves to the mean square difference of single pixels, 0 for equal ones. Throws
 * `film.wrong`, and `film.failed` when it cannot be played.
 */
export async function checkPictures(path: string, checking: Checking, signal: AbortSignal): Promise<number> {
  return play(['-i', `file:${path}`], checking, signal, async (run) => void run.stdin.end());
}

/**
 * The same for a segment that is being written: `bytes` are decoded as they come, while `marks` grows, so that little is
 * left to look at when it ends.
 */
export async function checkAlong(
  bytes: AsyncIterable<Uint8Array>,
  checking: Checking,
  signal: AbortSignal,
): Promise<number> {
  return play(['-f', 'nut', '-i', 'pipe:0'], checking, signal, (run) => feed(run, bytes, signal));
}

async function play(
  input: readonly string[],
  { ffmpeg, size, chosen, marks, yields = false }: Checking,
  signal: AbortSignal,
  give: (run: FfmpegRun) => Promise<void>,
): Promise<number> {
  const { pixels: kind, decoder } = chosen;
  const out = filmSize(chosen, size);
  const args = [...decoder, ...input, '-map', '0:v:0', '-vsync', 'passthrough'];
  const decode = [...args, '-f', 'rawvideo', '-pix_fmt', kind, 'pipe:1'];
  const stop = new AbortController();
  const run = runFfmpeg(ffmpeg, decode, AbortSignal.any([signal, stop.signal]), { yields });
  const given = give(run).catch((error: unknown) => {
    stop.abort();
    return { error };
  });
  try {
    let count = 0;
    let error = 0;
    for await (const data of wholePictures(run.stdout, out.width * out.height * pixelBytes(kind))) {
      const mark = marks[count];
      count += 1;
      if (mark) error += compare({ ...out, kind, data }, mark, count);
    }
    const end = await run.ended;
    const notGiven = await given;
    signal.throwIfAborted();
    if (notGiven) throw notGiven.error;
    const failure = ffmpegFailure(end, (said) => `it cannot be played: ${said}`);
    if (failure) throw failure;
    if (count !== marks.length)
      throw new FarmError('film.wrong', { why: `it has ${count} pictures instead of ${marks.length}` });
    const mean = error / Math.max(1, count);
    // Pixels are compared where they are: a film of another size has none in the same place.
    if (chosen.size === null) mustBeNear(mean, chosen);
    return mean;
  } finally {
    stop.abort();
    await run.ended;
  }
}

function mustBeNear(mean: number, { leastDecibels }: ChosenEncoder): void {
  const found = decibels(mean);
  if (found >= leastDecibels) return;
  throw new FarmError('film.wrong', {
    why: `its pictures are at ${found.toFixed(1)} dB from the frames, and ${leastDecibels.toFixed(1)} dB is the least for this codec and quality`,
  });
}

function compare(picture: Pixels, { print, digest }: PictureMark, number: number): number {
  if (digest !== null) {
    if (digest.equals(digestOf(picture.data))) return 0;
    throw new FarmError('film.wrong', {
      why: `picture ${number} does not come out bit by bit as it was put in`,
    });
  }
  const found = picturePrint(picture);
  if (likeness(found, print) < LEAST_LIKENESS)
    throw new FarmError('film.wrong', { why: `picture ${number} comes out as another one` });
  return pixelError(found, print);
}

function digestOf(data: Buffer): Buffer {
  return createHash('sha256').update(data).digest();
}

async function* wholePictures(stream: Readable, bytes: number): AsyncGenerator<Buffer> {
  const picture = Buffer.allocUnsafe(bytes);
  let filled = 0;
  for await (const piece of stream as AsyncIterable<Buffer>)
    for (let at = 0; at < piece.length; ) {
      const taken = piece.copy(picture, filled, at);
      at += taken;
      filled += taken;
      if (filled < bytes) continue;
      yield picture;
      filled = 0;
    }
}
