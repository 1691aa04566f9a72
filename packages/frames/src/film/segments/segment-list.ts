/**
 * Frames of one segment: a closed group of pictures that is encoded by itself. Longer ones make smaller
 * films, shorter ones leave less to do after the last frame; bench/film has the figures.
 */
export const SEGMENT_FRAMES = 96;

/**
 * The end of a long film is a segment of its own, so that after the last frame only so many are left in an encoder, which
 * looks some forty ahead. One more picture that needs none before it makes a short film larger, a long one hardly.
 */
const LAST_FRAMES = 8;
const LONG_FILM = 4 * SEGMENT_FRAMES;

/** The position with which a segment of a film of `count` frames begins, both counted from 0; `count` behind the last one. */
export function segmentStart(segment: number, count: number): number {
  const last = segmentCount(count) - 1;
  if (segment > last) return count;
  return segment === last && hasOwnEnd(count) ? count - LAST_FRAMES : segment * SEGMENT_FRAMES;
}

/** Which segment of a film of `count` frames holds a position. */
export function segmentOf(position: number, count: number): number {
  if (hasOwnEnd(count) && position >= count - LAST_FRAMES) return segmentCount(count) - 1;
  return Math.floor(position / SEGMENT_FRAMES);
}

/** How many segments a film of so many frames has. */
export function segmentCount(count: number): number {
  return hasOwnEnd(count)
    ? Math.ceil((count - LAST_FRAMES) / SEGMENT_FRAMES) + 1
    : Math.ceil(count / SEGMENT_FRAMES);
}

/** The items of one segment. */
export function segmentSlice<Item>(items: readonly Item[], segment: number): Item[] {
  return items.slice(segmentStart(segment, items.length), segmentStart(segment + 1, items.length));
}

function hasOwnEnd(count: number): boolean {
  return count > LONG_FILM;
}

/** Where a frame stands in the ascending `frames`, or -1. */
export function positionOf(frames: readonly number[], frame: number): number {
  let low = 0;
  let high = frames.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = frames[middle] as number;
    if (found === frame) return middle;
    if (found < frame) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}
