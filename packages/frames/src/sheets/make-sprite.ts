import { createHash } from 'node:crypto';
import { SPRITE_COLUMNS, SPRITE_FRAMES } from '@akashganga/protocol';
import type { JobPaths } from '../files/job-paths.ts';
import type { KeptFrame } from '../gather/frame-index.ts';
import { loadSharp } from '../pictures/load-sharp.ts';
import { type Box, boxFor, fitInto, place, readThumbnail, type SheetRoom } from './small-picture.ts';

/** Pixels of one cell. */
const WIDE = 96;

export interface Sprite {
  readonly webp: Buffer;
  /** Frames whose cells are filled. */
  readonly here: readonly number[];
  readonly cell: Box;
}

/** A hundred frames as ten rows of ten; null stands for one that is not there. */
export type SpriteFrames = readonly (KeptFrame | null)[];

/** Changes when one of the frames comes or is rendered again. 16 hexadecimal digits. */
export function spriteVersion(frames: SpriteFrames): string {
  const hash = createHash('sha256');
  for (const frame of frames) hash.update(`${frame?.frame ?? ''} ${frame?.digest ?? ''}\n`);
  return hash.digest('hex').slice(0, 16);
}

/** Cells of frames that are not there are black. Null when no cell is filled. Throws the reason of `signal`. */
export async function makeSprite(
  room: SheetRoom,
  paths: JobPaths,
  frames: SpriteFrames,
  signal: AbortSignal,
): Promise<Sprite | null> {
  let drawn: { cell: Box; width: number; height: number; data: Buffer } | null = null;
  const here: number[] = [];
  for (const [at, kept] of frames.slice(0, SPRITE_FRAMES).entries()) {
    signal.throwIfAborted();
    const thumbnail = kept && (await readThumbnail(room, paths, kept));
    if (!thumbnail) continue;
    drawn ??= emptySprite(boxFor(thumbnail, WIDE));
    const { cell } = drawn;
    const [column, row] = [at % SPRITE_COLUMNS, Math.floor(at / SPRITE_COLUMNS)];
    place(drawn, await fitInto(thumbnail, cell), column * cell.width, row * cell.height, cell);
    here.push(kept.frame);
  }
  if (!drawn) return null;
  const { cell, data, width, height } = drawn;
  const openPicture = await loadSharp();
  const webp = await openPicture(data, { raw: { width, height, channels: 3 } })
    .webp({ quality: 70, effort: 2 })
    .toBuffer();
  return { webp, here, cell };
}

function emptySprite(cell: Box) {
  const width = cell.width * SPRITE_COLUMNS;
  const height = (cell.height * SPRITE_FRAMES) / SPRITE_COLUMNS;
  return { cell, width, height, data: Buffer.alloc(width * height * 3) };
}
