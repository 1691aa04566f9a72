import { readFile } from 'node:fs/promises';
import { type EncodeOrder, FarmError, parseFrames } from '@akashganga/protocol';
import { hashBytes } from '@akashganga/storage';
import type { KeptFrame } from '../gather/frame-index.ts';
import type { JobShelf } from '../gather/job-shelf.ts';
import { type Pixels, padToEven } from '../pictures/pixels.ts';
import { readPixels } from '../pictures/read-pixels.ts';
import { readAhead } from './read-ahead.ts';

/** A stored frame of a film and where it is. */
export interface FilmFrame extends KeptFrame {
  readonly path: string;
}

/** The frames of an order, ascending, each once. Throws `film.failed` when one is not here. */
export async function listFilmFrames(order: EncodeOrder, shelf: JobShelf): Promise<FilmFrame[]> {
  const frames: FilmFrame[] = [];
  for (const frame of parseFrames(order.frames)) frames.push(await findFilmFrame(order.job, frame, shelf));
  return frames;
}

/** Throws `film.failed` when it is not here. */
export function findFilmFrame(job: string, frame: number, shelf: JobShelf): Promise<FilmFrame> {
  return shelf.use(job, async (gathered) => {
    const kept = await gathered.kept(frame);
    if (!kept) throw new FarmError('film.failed', { why: `frame ${frame} is missing on the frame server` });
    return { ...kept, path: gathered.paths.frame(frame, kept.extension) };
  });
}

export interface FilmFrameReader {
  readonly job: string;
  readonly shelf: JobShelf;
  readonly ffmpeg: string;
  readonly evenSize: boolean;
}

// Frames decoded at the same time, and how many bytes of pixels may wait: 8K frames are read one by one.
const AHEAD = 3;
const BYTES_AHEAD = 256 << 20;

/** A frame of a film that may still have to come. */
export type ComingFrame = () => Promise<FilmFrame>;

/** The frames as pixels, each compared with its digest. Throws `film.failed` with the frame's number. */
export async function* filmPixels(
  frames: readonly ComingFrame[],
  reader: FilmFrameReader,
): AsyncGenerator<Pixels> {
  const [comes, ...others] = frames;
  if (!comes) return;
  const first = await comes();
  const size = await readFilmFrame(first, reader);
  yield size;
  const ahead = Math.min(AHEAD, Math.floor(BYTES_AHEAD / size.data.length));
  const read = async (coming: ComingFrame) => {
    const frame = await coming();
    return { frame: frame.frame, pixels: await readFilmFrame(frame, reader) };
  };
  for await (const { frame, pixels } of readAhead(others, read, ahead)) {
    if (pixels.width !== size.width || pixels.height !== size.height)
      throw new FarmError('film.failed', {
        why: `frame ${frame} is ${pixels.width}x${pixels.height} pixels, frame ${first.frame} is ${size.width}x${size.height}`,
      });
    yield pixels;
  }
}

/** Frames that are here. */
export function hereAlready(frames: readonly FilmFrame[]): ComingFrame[] {
  return frames.map((frame) => () => Promise.resolve(frame));
}

/** One frame as the film gets it. Throws `film.failed`; a damaged file is put aside so that it can be delivered again. */
export async function readFilmFrame(frame: FilmFrame, reader: FilmFrameReader): Promise<Pixels> {
  try {
    const bytes = await readFile(frame.path);
    if (hashBytes(bytes) !== frame.digest) {
      await reader.shelf.use(reader.job, (job) => job.setAside(frame));
      throw new Error('its file is damaged');
    }
    const pixels = await readPixels(frame.path, frame.extension, reader.ffmpeg, bytes);
    return reader.evenSize ? padToEven(pixels) : pixels;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new FarmError('film.failed', { why: `frame ${frame.frame} cannot be read: ${why}` }, { cause });
  }
}
