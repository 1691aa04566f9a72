import { once } from 'node:events';
import { FarmError, type PreviewCodec } from '@akashganga/protocol';
import { type FfmpegRun, readAll, runFfmpeg } from '../ffmpeg/run-ffmpeg.ts';
import { type FilmFrameReader, findFilmFrame, readFilmFrame } from '../film/film-frames.ts';
import type { KeptFrame } from '../gather/frame-index.ts';
import { loadSharp } from '../pictures/load-sharp.ts';
import type { Pixels } from '../pictures/pixels.ts';
import { pieceArguments } from './piece-arguments.ts';
import type { PieceContent, WatchedFilm } from './watched-film.ts';

/** A preview is for looking at, on a page, while the computer has other work. */
const BOX = { width: 1280, height: 720 };
/** A piece of 24 pictures of 1280x720 has some hundred kilobytes. */
const LARGEST_PIECE = 32 << 20;

export interface PieceOrder {
  readonly film: WatchedFilm;
  readonly content: PieceContent;
  readonly codec: PreviewCodec;
  readonly reader: FilmFrameReader;
  /** Bounds how many pictures are decoded at once on this frame server. */
  readonly turns: <T>(work: () => Promise<T>) => Promise<T>;
}

/** Encodes a piece, with less priority than anything else. Throws `film.failed` and the reason of `signal`. */
export async function makePiece(order: PieceOrder, signal: AbortSignal): Promise<Buffer> {
  const { film, content, codec, reader } = order;
  if (film.size === null) await learnSize(order);
  const pictures = piecePictures(order);
  const first = await pictures.next();
  if (first.done) throw new FarmError('film.failed', { why: 'a piece of its preview has no frames' });
  const stop = new AbortController();
  const args = pieceArguments(codec, first.value, film.rate);
  const run = runFfmpeg(reader.ffmpeg, args, AbortSignal.any([stop.signal, signal]), { yields: true });
  const made = readAll(run.stdout, LARGEST_PIECE);
  made.catch(() => stop.abort());
  try {
    await feed(run, first.value);
    for await (const picture of pictures) {
      signal.throwIfAborted();
      await feed(run, picture);
    }
    run.stdin.end();
    const [bytes, { ok, said }] = await Promise.all([made, run.ended]);
    signal.throwIfAborted();
    if (!ok) throw new FarmError('film.failed', { why: `piece ${content.piece} of its preview: ${said}` });
    return bytes;
  } finally {
    stop.abort();
    await run.ended;
    await pictures.return(undefined);
  }
}

// By the first frame there is: what is shown before it is black, but of this size.
async function learnSize(order: PieceOrder): Promise<void> {
  const { film, reader } = order;
  const first = await reader.shelf.use(film.job, async ({ index }) => film.first(index));
  if (first) await readSmall(first, order);
}

async function feed(run: FfmpegRun, { data }: Pixels): Promise<void> {
  if (run.stdin.write(data)) return;
  await Promise.race([once(run.stdin, 'drain').catch(() => undefined), run.ended]);
}

// A frame that cannot be read is a gap, too: whoever watches wants to see the others.
async function* piecePictures(order: PieceOrder): AsyncGenerator<Pixels, undefined> {
  const { film, content } = order;
  let shown = content.held && (await readSmall(content.held, order));
  for (const picture of content.pictures) {
    shown = (picture && (await readSmall(picture, order))) ?? shown;
    yield shown ?? black(film.size ?? BOX);
  }
}

async function readSmall(frame: KeptFrame, { film, reader, turns }: PieceOrder): Promise<Pixels | null> {
  try {
    const place = await findFilmFrame(film.job, frame.frame, reader.shelf);
    return await turns(async () => shrink(await readFilmFrame(place, reader), film));
  } catch (error) {
    if (error instanceof FarmError && error.code !== 'film.failed') throw error;
    return null;
  }
}

/** All pictures of a preview have the size that suits the first one. */
async function shrink(pixels: Pixels, film: WatchedFilm): Promise<Pixels> {
  film.size ??= previewSize(pixels);
  const { width, height } = film.size;
  if (pixels.width === width && pixels.height === height) return pixels;
  const openPicture = await loadSharp();
  const raw = { width: pixels.width, height: pixels.height, channels: 3 } as const;
  const data = await openPicture(pixels.data, { raw })
    .resize({ width, height, fit: 'contain', background: '#000000', kernel: 'cubic' })
    .removeAlpha()
    .raw()
    .toBuffer();
  return { width, height, kind: 'rgb24', data };
}

/** As large as the box allows, with even sides, and never larger than the frames are. */
export function previewSize({ width, height }: { width: number; height: number }) {
  const scale = Math.min(1, BOX.width / width, BOX.height / height);
  const even = (side: number) => Math.max(2, Math.round((side * scale) / 2) * 2);
  return { width: even(width), height: even(height) };
}

function black({ width, height }: { readonly width: number; readonly height: number }): Pixels {
  return { width, height, kind: 'rgb24', data: Buffer.alloc(width * height * 3) };
}
