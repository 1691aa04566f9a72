import type { Sharp } from 'sharp';
import { loadSharp } from './load-sharp.ts';
import type { Pixels } from './pixels.ts';

// A very tall picture is kept from making a very large thumbnail.
const BOX = { width: 320, height: 1280, fit: 'inside', withoutEnlargement: true } as const;

/** The picture as WebP of at most 320 pixels' width. Reads every row of it. */
export function makeThumbnail(picture: Sharp): Promise<Buffer> {
  return picture.resize(BOX).webp({ quality: 80, effort: 2 }).toBuffer();
}

/** The same, of a picture of `rgb24` that is in memory already. */
export async function makeThumbnailOfPixels({ data, width, height }: Pixels): Promise<Buffer> {
  const openPicture = await loadSharp();
  return makeThumbnail(openPicture(data, { raw: { width, height, channels: 3 } }));
}
