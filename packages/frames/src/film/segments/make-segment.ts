import { randomUUID } from 'node:crypto';
import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { FarmError } from '@akashganga/protocol';
import { jobPaths, unfinishedFolder } from '../../files/job-paths.ts';
import type { KeptFrame } from '../../gather/frame-index.ts';
import type { Pixels } from '../../pictures/pixels.ts';
import { checkAlong, marked, type PictureMark } from '../check/check-pictures.ts';
import { encode, type Taker } from '../encode.ts';
import type { ChosenEncoder } from '../encoder/choose-encoder.ts';
import { inputArguments, segmentArguments } from '../encoder/encoder-arguments.ts';
import { type ComingFrame, type FilmFrameReader, filmPixels } from '../film-frames.ts';
import { type KeptSegment, keepSegment, segmentRecipe } from './kept-segment.ts';

export interface SegmentOrder {
  readonly folder: string;
  readonly segment: number;
  readonly chosen: ChosenEncoder;
  readonly reader: FilmFrameReader;
  /** Its frames, ascending. One that is not here yet is waited for: the encoder runs along with the renders. */
  readonly frames: readonly ComingFrame[];
  /** Others need the computer more: frames are still being rendered. */
  readonly yields: boolean;
}

/**
 * Encodes a segment, plays it meanwhile, compares what comes out with what was put in, and keeps it. Throws `film.failed`,
 * `film.wrong`, and the reason of `signal`.
 */
export async function makeSegment(order: SegmentOrder, signal: AbortSignal): Promise<KeptSegment> {
  const { folder, segment, chosen, reader, yields } = order;
  const made = join(unfinishedFolder(folder), `${randomUUID()}.nut`);
  const marks: PictureMark[] = [];
  const used: KeptFrame[] = [];
  const pixels = marked(filmPixels(noted(order.frames, used), reader), chosen, marks);
  try {
    await mkdir(unfinishedFolder(folder), { recursive: true });
    const first = await pixels.next();
    if (first.done) throw new FarmError('film.failed', { why: 'it has no frames' });
    const size = { width: first.value.width, height: first.value.height };
    const args = [...inputArguments(size, chosen), ...segmentArguments(chosen, size)];
    let error = 0;
    const take: Taker = async (stdout) => {
      const checking = { ffmpeg: reader.ffmpeg, size, chosen, marks, yields };
      error = await checkAlong(kept(stdout, made), checking, signal);
    };
    await encode(reader.ffmpeg, args, chain(first.value, pixels), signal, { yields }, take);
    const facts = { madeFrom: segmentRecipe(chosen, used), frames: marks.length, error, ...size };
    return await keepSegment(jobPaths(folder, reader.job), segment, made, facts);
  } finally {
    await pixels.return(undefined);
    await rm(made, { force: true });
  }
}

// In order of reading, so `used` holds the frames as they were when they went in.
function noted(frames: readonly ComingFrame[], used: KeptFrame[]): ComingFrame[] {
  return frames.map((arrived, position) => async () => {
    const frame = await arrived();
    used[position] = frame;
    return frame;
  });
}

// The bytes as they are in the file.
async function* kept(bytes: AsyncIterable<Uint8Array>, path: string): AsyncGenerator<Uint8Array> {
  const file = await open(path, 'wx');
  try {
    for await (const piece of bytes) {
      await file.appendFile(piece);
      yield piece;
    }
  } finally {
    await file.close();
  }
}

async function* chain(first: Pixels, rest: AsyncIterable<Pixels>): AsyncGenerator<Pixels> {
  yield first;
  yield* rest;
}
