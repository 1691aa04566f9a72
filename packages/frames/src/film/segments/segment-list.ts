/**
 * Frames of one segment: a closed group of pictures that is encoded by itself. Longer ones make smaller
 * films, shorter ones leave less to do after the last frame; bench/film has the figures.
 */
export const SEGMENT_FRAMES = 96;

/** Which segment holds a position of the film, both counted from 0. */
export function segmentOf(position: number): number {
  return Math.floor(position / SEGMENT_FRAMES);
}

/** How many segments a film of so many frames has. */
export function segmentCount(frames: number): number {
  return Math.ceil(frames / SEGMENT_FRAMES);
}

/** The items of one segment. */
export function segmentSlice<Item>(items: readonly Item[], segment: number): Item[] {
  return items.slice(segment * SEGMENT_FRAMES, (segment + 1) * SEGMENT_FRAMES);
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
