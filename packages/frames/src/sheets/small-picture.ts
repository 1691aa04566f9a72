import type { JobPaths } from '../files/job-paths.ts';
import { replaceFile } from '../files/replace-file.ts';
import type { KeptFrame } from '../gather/frame-index.ts';
import type { ReceivingRoom } from '../gather/receive-frame.ts';
import { loadSharp } from '../pictures/load-sharp.ts';
import { makeThumbnailOfPixels } from '../pictures/make-thumbnail.ts';
import type { Pixels } from '../pictures/pixels.ts';

/** What small pictures are made from. */
export type SheetRoom = Pick<ReceivingRoom, 'shelf' | 'decoders' | 'turns'>;

/** More than a thumbnail has; pixels. */
const LARGEST_THUMBNAIL = 320 * 1280;

/**
 * The frame's thumbnail as pixels; one that was lost is made again. Null when there is none to be had. A thumbnail was
 * made by a decoder, of a stranger's picture: it is opened by one again.
 */
export async function readThumbnail(
  { decoders, turns }: SheetRoom,
  paths: JobPaths,
  { frame, extension }: KeptFrame,
): Promise<Pixels | null> {
  const path = paths.thumbnail(frame);
  const read = async () => {
    const pixels = await turns(() => decoders.pixels(path, '.webp'));
    return pixels.width * pixels.height > LARGEST_THUMBNAIL ? null : pixels;
  };
  const found = await read().catch(() => null);
  if (found) return found;
  try {
    const picture = await turns(() => decoders.pixels(paths.frame(frame, extension), extension));
    await replaceFile(path, await makeThumbnailOfPixels(picture));
    return await read();
  } catch {
    return null;
  }
}

/** The whole picture as large as fits into a box of so many pixels; `rgb24`. */
export async function fitInto({ data, width, height }: Pixels, box: Box): Promise<Pixels> {
  const openPicture = await loadSharp();
  const small = await openPicture(data, { raw: { width, height, channels: 3 } })
    .resize({ ...box, fit: 'inside' })
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: small.info.width, height: small.info.height, kind: 'rgb24', data: small.data };
}

export interface Box {
  readonly width: number;
  readonly height: number;
}

/** Copies a picture into the middle of a box of another one, both `rgb24`. */
export function place(
  onto: Omit<Pixels, 'kind'>,
  picture: Pixels,
  left: number,
  top: number,
  box: Box,
): void {
  const x = left + Math.floor((box.width - picture.width) / 2);
  const y = top + Math.floor((box.height - picture.height) / 2);
  const line = picture.width * 3;
  for (let row = 0; row < picture.height; row += 1)
    picture.data.copy(onto.data, ((y + row) * onto.width + x) * 3, row * line, (row + 1) * line);
}

/** A box as wide as said for pictures like this one; not higher than twice that. */
export function boxFor({ width, height }: Pixels, wide: number): Box {
  return { width: wide, height: Math.min(2 * wide, Math.max(1, Math.round((wide * height) / width))) };
}
