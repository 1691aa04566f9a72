import type { Look } from '@akashganga/protocol';
import { loadSharp } from './load-sharp.ts';

/** Of 255. What is darker is black to people too. */
const BLACK = 3;
/** Cells of a print, across and down. */
const CELLS = 8;

export interface SeenThumbnail {
  /** Null when there is something to see. */
  readonly look: Look | null;
  /** The mean colour of 8 by 8 cells, on black, three bytes each: what a picture is like, whatever its size. */
  readonly print: Uint8Array;
}

/**
 * Whether there is nothing to see in a picture, from its thumbnail, and what it is like. Null for a thumbnail that cannot
 * be read. A star of one pixel may be lost in a thumbnail, so this warns and judges nothing. About 4 ms.
 */
export async function lookOfThumbnail(thumbnail: Buffer): Promise<SeenThumbnail | null> {
  try {
    const openPicture = await loadSharp();
    const { data, info } = await openPicture(thumbnail)
      .toColourspace('srgb')
      .ensureAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    return seePixels(data, info.width, info.height);
  } catch {
    return null;
  }
}

/** Of pixels of four bytes. */
function seePixels(data: Buffer, width: number, height: number): SeenThumbnail {
  const sums = new Float64Array(CELLS * CELLS * 3);
  const counts = new Uint32Array(CELLS * CELLS);
  let brightest = 0;
  let mostAlpha = 0;
  for (let at = 0, pixel = 0; at < data.length; at += 4, pixel += 1) {
    const row = Math.floor((Math.floor(pixel / width) * CELLS) / height);
    const cell = row * CELLS + Math.floor(((pixel % width) * CELLS) / width);
    const alpha = data[at + 3] ?? 0;
    if (alpha > mostAlpha) mostAlpha = alpha;
    counts[cell] = (counts[cell] ?? 0) + 1;
    for (let channel = 0; channel < 3; channel += 1) {
      const value = data[at + channel] ?? 0;
      if (value > brightest) brightest = value;
      sums[cell * 3 + channel] = (sums[cell * 3 + channel] ?? 0) + (value * alpha) / 255;
    }
  }
  const print = Uint8Array.from(sums, (sum, at) =>
    Math.round(sum / Math.max(1, counts[Math.floor(at / 3)] ?? 0)),
  );
  const isBlack = brightest <= BLACK;
  return { look: mostAlpha === 0 ? 'transparent' : isBlack ? 'black' : null, print };
}
