import { randomUUID } from 'node:crypto';
import { mkdir, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { FarmClient } from '@akashganga/client';
import { type EncodeOrder, FarmError } from '@akashganga/protocol';
import { isDiskFull } from '@akashganga/storage';
import { listEncoders } from '../ffmpeg/list-encoders.ts';
import { jobPaths, unfinishedFolder } from '../files/job-paths.ts';
import type { JobShelf } from '../gather/job-shelf.ts';
import type { Decoders } from '../pictures/decoder/decoders.ts';
import { checkPictures, marked, type PictureMark } from './check/check-pictures.ts';
import { countFrames, countPackets } from './check/count-frames.ts';
import { decibels } from './check/picture-print.ts';
import { encode } from './encode.ts';
import { type ChosenEncoder, chooseEncoder } from './encoder/choose-encoder.ts';
import { canJoin, inputArguments, outputArguments, paletteArguments } from './encoder/encoder-arguments.ts';
import {
  type FilmFrame,
  type FilmFrameReader,
  filmPixels,
  hereAlready,
  listFilmFrames,
  readFilmFrame,
} from './film-frames.ts';
import { filmMetadata } from './film-metadata.ts';
import { type KeptFilm, keepFilm, readKeptFilm, recipeOf } from './kept-film.ts';
import { joinSegments } from './segments/join-segments.ts';
import type { KeptSegment } from './segments/kept-segment.ts';
import { segmentSlice } from './segments/segment-list.ts';
import type { SegmentMaker } from './segments/segment-maker.ts';
import { filmSound } from './sound/film-sound.ts';

export interface FilmRoom {
  readonly folder: string;
  readonly shelf: JobShelf;
  readonly ffmpeg: string | null;
  readonly decoders: Decoders;
  readonly segments: SegmentMaker;
  /** The manager, which has the sound of films. */
  readonly client: FarmClient;
}

/**
 * Makes the film of an order: exactly its frames, ascending, each once, at its rate; played once and counted
 * before it gets its name. A film that was made of the same frames before is found, not made again. Throws
 * `film.failed`, `machine.no-ffmpeg`, `machine.no-encoder`, `disk.full`, and the reason of `signal`.
 */
export async function makeFilm(order: EncodeOrder, room: FilmRoom, signal: AbortSignal): Promise<KeptFilm> {
  if (room.ffmpeg === null) throw new FarmError('machine.no-ffmpeg');
  const paths = jobPaths(room.folder, order.job);
  const encoders = await listEncoders(room.ffmpeg);
  const chosen = chooseEncoder(order, encoders);
  const { shelf, ffmpeg, decoders } = room;
  const reader: FilmFrameReader = { job: order.job, shelf, ffmpeg, decoders, chosen };
  const frames = await listFilmFrames(order, room.shelf, (frame) => readFilmFrame(frame, reader));
  const madeFrom = recipeOf(order, frames);
  const before = await readKeptFilm(paths);
  if (before?.madeFrom === madeFrom) return before;
  const made = join(unfinishedFolder(room.folder), `${randomUUID()}.${order.container}`);
  try {
    await mkdir(unfinishedFolder(room.folder), { recursive: true });
    const encoding = { room, reader, chosen, signal };
    const { counted, error } = canJoin(order.container, chosen)
      ? await joinTo(made, order, frames, encoding)
      : await encodeWhole(made, order, frames, encoding);
    if (counted !== frames.length)
      throw new FarmError('film.wrong', { why: `it has ${counted} frames instead of ${frames.length}` });
    const numbers = frames.map(({ frame }) => frame);
    const inSound = { ffmpeg: reader.ffmpeg, client: room.client, encoders, rate: chosen.rate };
    const heard = await filmSound(order, numbers, made, inSound, signal);
    const psnr = error === null || error === 0 ? null : Math.round(decibels(error) * 10) / 10;
    const facts = {
      container: order.container,
      frames: counted,
      name: order.name,
      madeFrom,
      psnr,
      notes: [...chosen.notes, ...heard.notes],
    };
    return await keepFilm(paths, heard.path, facts);
  } catch (error) {
    signal.throwIfAborted();
    // What cannot be played or counted was not written to its end, when there is no room.
    const isFull = isDiskFull(error) || !(await hasRoom(room.folder));
    throw isFull ? new FarmError('disk.full', { folder: room.folder }, { cause: error }) : error;
  } finally {
    await rm(made, { force: true });
    await rm(`${made}.heard.${order.container}`, { force: true });
  }
}

/** Less is none: no film and no segment is so small. */
const LEAST_ROOM = 64 * 1024;

async function hasRoom(folder: string): Promise<boolean> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize >= LEAST_ROOM;
}

interface Encoding {
  readonly room: FilmRoom;
  readonly reader: FilmFrameReader;
  readonly chosen: ChosenEncoder;
  readonly signal: AbortSignal;
}

/** What came out: how many pictures, and the mean square difference of their pixels where those were compared. */
interface Counted {
  readonly counted: number;
  readonly error: number | null;
}

// The segments were played when they were made, so what is left is to count.
async function joinTo(
  path: string,
  order: EncodeOrder,
  frames: readonly FilmFrame[],
  { room, reader, chosen, signal }: Encoding,
): Promise<Counted> {
  const segments = await room.segments.all(order, chosen, frames, signal);
  mustHaveOneSize(segments, frames);
  const metadata = filmMetadata(order);
  await joinSegments(reader.ffmpeg, order.container, chosen.rate, segments, path, metadata, signal);
  const sum = segments.reduce((error, segment) => error + segment.error * segment.frames, 0);
  const error = chosen.size === null ? sum / frames.length : null;
  return { counted: await countPackets(reader.ffmpeg, path, signal), error };
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

// What people had done with the pictures by filters of their own can only be counted.
async function encodeWhole(
  path: string,
  order: EncodeOrder,
  frames: readonly FilmFrame[],
  encoding: Encoding,
): Promise<Counted> {
  const { chosen, reader, signal } = encoding;
  const marks: PictureMark[] = [];
  const size = await encodeTo(path, order, frames, marks, encoding);
  if (chosen.filter !== null) return { counted: await countFrames(reader.ffmpeg, path, signal), error: null };
  const error = await checkPictures(path, { ffmpeg: reader.ffmpeg, size, chosen, marks }, signal);
  return { counted: marks.length, error: chosen.size === null ? error : null };
}

async function encodeTo(
  path: string,
  order: EncodeOrder,
  frames: readonly FilmFrame[],
  marks: PictureMark[],
  { reader, chosen, signal }: Encoding,
): Promise<{ width: number; height: number }> {
  const [first] = frames;
  if (!first) throw new FarmError('film.failed', { why: 'it has no frames' });
  const { width, height } = await readFilmFrame(first, reader);
  const size = { width, height };
  const input = inputArguments(size, chosen);
  const pixels = () => filmPixels(hereAlready(frames), reader);
  const film = (palette: string | null) => [
    ...input,
    ...outputArguments(order.container, chosen, size, path, palette, filmMetadata(order)),
  ];
  const encoded = marked(pixels(), chosen, marks);
  if (order.container !== 'gif') {
    await encode(reader.ffmpeg, film(null), encoded, signal, { writes: true });
    return size;
  }
  // The colours are chosen from all frames first. Splitting one stream would hold the whole film in memory.
  const palette = `${path}.png`;
  try {
    const colours = [...input, ...paletteArguments(chosen, size, palette)];
    await encode(reader.ffmpeg, colours, pixels(), signal, { writes: true });
    await encode(reader.ffmpeg, film(palette), encoded, signal, { writes: true });
    return size;
  } finally {
    await rm(palette, { force: true });
  }
}
