import type { Pixels } from '../../pictures/pixels.ts';

const ACROSS = 16;
const DOWN = 9;
/** Samples of a cell in each direction: enough to be blind to coding noise. */
const SAMPLES = 6;

/**
 * A picture as 16x9 mean colours, 432 bytes: enough to tell whether a decoder gave back the picture that was
 * put in, at a cost that does not grow with its size.
 */
export function picturePrint({ width, height, data }: Pixels): Float32Array {
  const print = new Float32Array(ACROSS * DOWN * 3);
  for (let cell = 0; cell < ACROSS * DOWN; cell += 1)
    for (let sample = 0; sample < SAMPLES * SAMPLES; sample += 1) {
      const column = ((cell % ACROSS) * SAMPLES + (sample % SAMPLES) + 0.5) / (ACROSS * SAMPLES);
      const row =
        (Math.floor(cell / ACROSS) * SAMPLES + Math.floor(sample / SAMPLES) + 0.5) / (DOWN * SAMPLES);
      const at = (Math.floor(row * height) * width + Math.floor(column * width)) * 3;
      for (let channel = 0; channel < 3; channel += 1)
        print[cell * 3 + channel] =
          (print[cell * 3 + channel] ?? 0) + (data[at + channel] ?? 0) / SAMPLES ** 2;
    }
  return print;
}

/** How near two prints are, in decibels of PSNR; Infinity when they are equal. */
export function likeness(one: Float32Array, other: Float32Array): number {
  let squares = 0;
  for (let at = 0; at < one.length; at += 1) squares += ((one[at] ?? 0) - (other[at] ?? 0)) ** 2;
  return squares === 0 ? Number.POSITIVE_INFINITY : 10 * Math.log10((255 ** 2 * one.length) / squares);
}
