import type { JobPaths } from '../files/job-paths.ts';
import type { KeptFrame } from '../gather/frame-index.ts';
import { drawText, failedPicture, textWidth } from '../pictures/failed-picture.ts';
import { loadSharp } from '../pictures/load-sharp.ts';
import type { Pixels } from '../pictures/pixels.ts';
import { type Box, boxFor, fitInto, place, readThumbnail, type SheetRoom } from './small-picture.ts';

export interface SheetWish {
  /** In the order they are shown. */
  readonly frames: readonly { readonly frame: number; readonly kept: KeptFrame | null }[];
  readonly failed: ReadonlySet<number>;
  readonly columns: number;
  /** Of one picture, in pixels. */
  readonly width: number;
}

export interface Sheet {
  readonly jpeg: Buffer;
  /** Frames without a picture, failed ones too. */
  readonly missing: number;
}

/** Of the whole sheet: some 48 MB while it is drawn. */
const LARGEST_SHEET = 16_000_000;
/** JPEG ends at 65,535. */
const LONGEST_SIDE = 30_000;
const SPACE = 6;
const GROUND = 24;
const GAP = 48;

/**
 * Pictures in columns with their numbers below. A frame that is not there is an empty place, one that failed is marked.
 * The pictures are opened one after the other. Throws the reason of `signal`.
 */
export async function makeSheet(
  room: SheetRoom,
  paths: JobPaths,
  wish: SheetWish,
  signal: AbortSignal,
): Promise<Sheet> {
  const first = await firstPicture(room, paths, wish, signal);
  const { cell, columns, rows, label, scale } = layOut(wish, first);
  const width = columns * (cell.width + SPACE) + SPACE;
  const height = rows * (cell.height + label + SPACE) + SPACE;
  const ground = { width, height, data: Buffer.alloc(width * height * 3, GROUND) };
  let missing = 0;
  for (const [at, { frame, kept }] of wish.frames.entries()) {
    signal.throwIfAborted();
    const left = SPACE + (at % columns) * (cell.width + SPACE);
    const top = SPACE + Math.floor(at / columns) * (cell.height + label + SPACE);
    const thumbnail = kept && (await readThumbnail(room, paths, kept));
    if (!thumbnail) missing += 1;
    place(ground, await pictureFor(frame, thumbnail, wish.failed, cell), left, top, cell);
    const name = String(frame);
    const middle = left + Math.floor((cell.width - textWidth(name) * scale) / 2);
    drawText(ground, name, { left: middle, top: top + cell.height + 2 * scale, scale });
  }
  const openPicture = await loadSharp();
  const jpeg = await openPicture(ground.data, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 85 })
    .toBuffer();
  return { jpeg, missing };
}

async function pictureFor(
  frame: number,
  thumbnail: Pixels | null,
  failed: ReadonlySet<number>,
  cell: Box,
): Promise<Pixels> {
  if (thumbnail) return fitInto(thumbnail, cell);
  if (failed.has(frame)) return failedPicture(frame, cell);
  return { ...cell, kind: 'rgb24', data: Buffer.alloc(cell.width * cell.height * 3, GAP) };
}

// Its shape is that of all places.
async function firstPicture(
  room: SheetRoom,
  paths: JobPaths,
  { frames }: SheetWish,
  signal: AbortSignal,
): Promise<Pixels | null> {
  for (const { kept } of frames) {
    signal.throwIfAborted();
    const picture = kept && (await readThumbnail(room, paths, kept));
    if (picture) return picture;
  }
  return null;
}

function layOut(wish: SheetWish, first: Pixels | null) {
  const columns = Math.min(wish.columns, wish.frames.length);
  const rows = Math.ceil(wish.frames.length / columns);
  const shape = first ?? { width: 16, height: 9, kind: 'rgb24', data: Buffer.alloc(0) };
  for (let wide = wish.width; ; wide -= 4) {
    const scale = wide >= 128 ? 2 : 1;
    const label = 11 * scale;
    const cell = boxFor(shape, wide);
    const [width, height] = [columns * (wide + SPACE), rows * (cell.height + label + SPACE)];
    const fits = width * height <= LARGEST_SHEET && Math.max(width, height) <= LONGEST_SIDE;
    if (fits || wide <= 16) return { cell, columns, rows, label, scale };
  }
}
