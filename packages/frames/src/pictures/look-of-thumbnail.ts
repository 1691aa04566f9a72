import type { Look } from '@akashganga/protocol';
import { loadSharp } from './load-sharp.ts';

/** Of 255. What is darker is black to people too. */
const BLACK = 3;

/**
 * Whether there is nothing to see in a picture, from its thumbnail: transparent or black all over. Null for any other,
 * and for a thumbnail that cannot be read. A star of one pixel may be lost in a thumbnail, so this warns and judges nothing.
 */
export async function lookOfThumbnail(thumbnail: Buffer): Promise<Look | null> {
  try {
    const openPicture = await loadSharp();
    const { channels } = await openPicture(thumbnail).stats();
    const alpha = channels[3];
    if (alpha && alpha.max === 0) return 'transparent';
    return channels.slice(0, 3).every(({ max }) => max <= BLACK) ? 'black' : null;
  } catch {
    return null;
  }
}
