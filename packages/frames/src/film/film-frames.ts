import { type EncodeOrder, FarmError, parseFrames } from '@akashganga/protocol';
import { hashBytes, hashFile } from '@akashganga/storage';
import type { KeptFrame } from '../gather/frame-index.ts';
import type { GatheredJob } from '../gather/gathered-job.ts';
import type { JobShelf } from '../gather/job-shelf.ts';
import { readOutputs } from '../gather/receive-output.ts';
import type { Decoders } from '../pictures/decoder/decoders.ts';
import { failedPicture } from '../pictures/failed-picture.ts';
import { deepen, type Pixels, padToEven, pixelLayouts, withAlpha } from '../pictures/pixels.ts';
import type { ChosenEncoder } from './encoder/choose-encoder.ts';
import { readAhead } from './read-ahead.ts';

interface Size {
  readonly width: number;
  readonly height: number;
}

/** A stored frame of a film and where it is; or one that failed, in whose place there is a marked picture of this size. */
export interface FilmFrame extends KeptFrame {
  readonly path: string;
  readonly failed?: Size;
}

/**
 * The frames of an order, ascending, each once. Those that failed get the size that `sizeOf` tells of another one.
 * Throws `film.failed` when one is not here.
 */
export async function listFilmFrames(
  order: EncodeOrder,
  shelf: JobShelf,
  sizeOf: (frame: FilmFrame) => Promise<Size>,
): Promise<FilmFrame[]> {
  const failed = new Set(order.failed === null ? [] : parseFrames(order.failed));
  const frames: FilmFrame[] = [];
  let size: Size | null = null;
  for (const frame of parseFrames(order.frames)) {
    if (failed.has(frame)) continue;
    const found = await findFilmFrame(order.job, frame, shelf);
    if (failed.size > 0) size ??= await sizeOf(found);
    frames.push(found);
  }
  if (size === null) {
    if (failed.size > 0) throw new FarmError('film.failed', { why: 'all its frames failed' });
    return frames;
  }
  for (const frame of failed) frames.push(failedFrame(frame, size));
  return frames.sort((one, other) => one.frame - other.frame);
}

function failedFrame(frame: number, size: Size): FilmFrame {
  // So that a film with this frame is another one when it was rendered after all.
  const digest = hashBytes(Buffer.from(`failed ${frame} ${size.width}x${size.height}`));
  return { frame, digest, size: 0, extension: '.png', path: '', failed: size };
}

/** Throws `film.failed` when it is not here. */
export function findFilmFrame(job: string, frame: number, shelf: JobShelf): Promise<FilmFrame> {
  return shelf.use(job, async (gathered) => {
    const kept = await gathered.kept(frame);
    if (!kept) throw new FarmError('film.failed', { why: `frame ${frame} is missing on the frame server` });
    return (await shownAs(gathered, kept)) ?? { ...kept, path: gathered.paths.frame(frame, kept.extension) };
  });
}

/** What the driver calls the picture that comes beside one of light, as the scene's view transform shows it. */
const DISPLAY = { name: 'Display', extension: '.png' } as const;

/** Of a frame of light, the picture that Blender made of it for the eye; null where there is none. */
async function shownAs({ paths }: GatheredJob, { frame, extension }: KeptFrame): Promise<FilmFrame | null> {
  if (extension !== '.exr' && extension !== '.hdr') return null;
  const { outputs } = await readOutputs(paths, frame);
  const shown = outputs.find(
    ({ name, extension }) => name === DISPLAY.name && extension === DISPLAY.extension,
  );
  if (!shown) return null;
  const path = paths.output(DISPLAY.name, frame, DISPLAY.extension);
  return { frame, digest: shown.digest, size: shown.size, extension: DISPLAY.extension, path };
}

export interface FilmFrameReader {
  readonly job: string;
  readonly shelf: JobShelf;
  readonly ffmpeg: string;
  readonly decoders: Decoders;
  /** How the frames are wanted. */
  readonly chosen: Pick<ChosenEncoder, 'evenSize' | 'pixels' | 'background'>;
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
  const { evenSize, pixels: kind } = reader.chosen;
  const pixels = frame.failed ? mark(frame.frame, frame.failed, kind) : await readStored(frame, reader);
  return evenSize ? padToEven(pixels) : pixels;
}

function mark(frame: number, size: Size, kind: Pixels['kind']): Pixels {
  const { bytes, channels } = pixelLayouts[kind];
  const drawn = failedPicture(frame, size);
  const opaque = channels === 4 ? withAlpha(drawn) : drawn;
  return bytes === 2 ? deepen(opaque) : opaque;
}

async function readStored(frame: FilmFrame, reader: FilmFrameReader): Promise<Pixels> {
  const { pixels: kind, background } = reader.chosen;
  try {
    const { digest } = await hashFile(frame.path);
    if (digest !== frame.digest) {
      await reader.shelf.use(reader.job, (job) => job.setAside(frame));
      throw new Error('its file is damaged');
    }
    return await reader.decoders.pixels(frame.path, frame.extension, { kind, background });
  } catch (cause) {
    if (cause instanceof FarmError && cause.code === 'machine.ffmpeg-killed') throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new FarmError('film.failed', { why: `frame ${frame.frame} cannot be read: ${why}` }, { cause });
  }
}
