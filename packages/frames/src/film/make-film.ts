import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type EncodeOrder, FarmError } from '@akashganga/protocol';
import { isDiskFull } from '@akashganga/storage';
import { listEncoders } from '../ffmpeg/list-encoders.ts';
import { jobPaths, unfinishedFolder } from '../files/job-paths.ts';
import type { JobShelf } from '../gather/job-shelf.ts';
import { countFrames, countPackets } from './count-frames.ts';
import { encode } from './encode.ts';
import {
  type ChosenEncoder,
  canJoin,
  chooseEncoder,
  inputArguments,
  outputArguments,
  paletteArguments,
} from './encoder-arguments.ts';
import {
  type FilmFrame,
  type FilmFrameReader,
  filmPixels,
  hereAlready,
  listFilmFrames,
  readFilmFrame,
} from './film-frames.ts';
import { type KeptFilm, keepFilm, readKeptFilm, recipeOf } from './kept-film.ts';
import { joinSegments } from './segments/join-segments.ts';
import type { KeptSegment } from './segments/kept-segment.ts';
import { segmentSlice } from './segments/segment-list.ts';
import type { SegmentMaker } from './segments/segment-maker.ts';

export interface FilmRoom {
  readonly folder: string;
  readonly shelf: JobShelf;
  readonly ffmpeg: string | null;
  readonly segments: SegmentMaker;
}

/**
 * Makes the film of an order: exactly its frames, ascending, each once, at its rate; played once and counted
 * before it gets its name. A film that was made of the same frames before is found, not made again. Throws
 * `film.failed`, `machine.no-ffmpeg`, `machine.no-encoder`, `disk.full`, and the reason of `signal`.
 */
export async function makeFilm(order: EncodeOrder, room: FilmRoom, signal: AbortSignal): Promise<KeptFilm> {
  if (room.ffmpeg === null) throw new FarmError('machine.no-ffmpeg');
  const paths = jobPaths(room.folder, order.job);
  const frames = await listFilmFrames(order, room.shelf);
  const madeFrom = recipeOf(order, frames);
  const before = await readKeptFilm(paths);
  if (before?.madeFrom === madeFrom) return before;
  const chosen = chooseEncoder(order, await listEncoders(room.ffmpeg));
  const made = join(unfinishedFolder(room.folder), `${randomUUID()}.${order.container}`);
  try {
    await mkdir(unfinishedFolder(room.folder), { recursive: true });
    const encoding = { room, ffmpeg: room.ffmpeg, chosen, signal };
    const counted = canJoin(order.container, chosen)
      ? await joinTo(made, order, frames, encoding)
      : await encodeWhole(made, order, frames, encoding);
    if (counted !== frames.length)
      throw new FarmError('film.failed', { why: `it has ${counted} frames instead of ${frames.length}` });
    const facts = { container: order.container, frames: counted, name: order.name, madeFrom };
    return await keepFilm(paths, made, facts);
  } catch (error) {
    if (isDiskFull(error)) throw new FarmError('disk.full', { folder: room.folder }, { cause: error });
    throw error;
  } finally {
    await rm(made, { force: true });
  }
}

interface Encoding {
  readonly room: FilmRoom;
  readonly ffmpeg: string;
  readonly chosen: ChosenEncoder;
  readonly signal: AbortSignal;
}

// The segments were played when they were made, so what is left is to count.
async function joinTo(
  path: string,
  order: EncodeOrder,
  frames: readonly FilmFrame[],
  { room, ffmpeg, chosen, signal }: Encoding,
): Promise<number> {
  const segments = await room.segments.all(order, chosen, frames, signal);
  mustHaveOneSize(segments, frames);
  await joinSegments(ffmpeg, order.container, chosen.rate, segments, path, signal);
  return countPackets(ffmpeg, path, signal);
}

function mustHaveOneSize(segments: readonly KeptSegment[], frames: readonly FilmFrame[]): void {
  const [first] = segments;
  const other = segments.findIndex(
    (segment) => segment.width !== first?.width || segment.height !== first.height,
  );
  const found = segments[other];
  if (!first || !found) return;
  const frame = segmentSlice(frames, other)[0]?.frame;
  throw new FarmError('film.failed', {
    why: `frame ${frame} is ${found.width}x${found.height} pixels, frame ${frames[0]?.frame} is ${first.width}x${first.height}`,
  });
}

async function encodeWhole(
  path: string,
  order: EncodeOrder,
  frames: readonly FilmFrame[],
  encoding: Encoding,
): Promise<number> {
  await encodeTo(path, order, frames, encoding);
  return countFrames(encoding.ffmpeg, path, encoding.signal);
}

async function encodeTo(
  path: string,
  order: EncodeOrder,
  frames: readonly FilmFrame[],
  { room, ffmpeg, chosen, signal }: Encoding,
): Promise<void> {
  const [first] = frames;
  if (!first) throw new FarmError('film.failed', { why: 'it has no frames' });
  const reader: FilmFrameReader = { job: order.job, shelf: room.shelf, ffmpeg, evenSize: chosen.evenSize };
  const size = await readFilmFrame(first, reader);
  const input = inputArguments(size, chosen.rate);
  const run = (output: string[]) =>
    encode(ffmpeg, [...input, ...output], filmPixels(hereAlready(frames), reader), signal);
  if (order.container !== 'gif') return run(outputArguments(order.container, chosen, size, path, null));
  // The colours are chosen from all frames first. Splitting one stream would hold the whole film in memory.
  const palette = `${path}.png`;
  try {
    await run(paletteArguments(palette));
    await run(outputArguments(order.container, chosen, size, path, palette));
  } finally {
    await rm(palette, { force: true });
  }
}
