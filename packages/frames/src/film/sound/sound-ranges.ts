import type { Fraction } from '../encoder/exact-rate.ts';

/** A stretch of a sound, in samples of its own beginning; before it and behind its end is silence. */
export interface SoundRange {
  readonly from: number;
  readonly count: number;
}

/**
 * Which stretches of a sound belong to the frames of a film, one for each run of frames that follow each other. The sound begins
 * with frame `first`. Each run begins within half a sample of its first picture, however long the film is. Null for frames
 * that are all apart: shreds of a frame's length are no sound.
 */
export function soundRanges(
  frames: readonly number[],
  first: number,
  { numerator, denominator }: Fraction,
  samplesPerSecond: number,
): SoundRange[] | null {
  const at = (pictures: number) => Math.round((pictures * denominator * samplesPerSecond) / numerator);
  const ranges: SoundRange[] = [];
  let longest = 0;
  for (let begin = 0; begin < frames.length; ) {
    let end = begin + 1;
    while (end < frames.length && frames[end] === (frames[end - 1] ?? 0) + 1) end += 1;
    longest = Math.max(longest, end - begin);
    ranges.push({ from: at((frames[begin] ?? 0) - first), count: at(end) - at(begin) });
    begin = end;
  }
  return longest === 1 && frames.length > 1 ? null : ranges;
}
