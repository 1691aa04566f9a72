import { type Pixels, pixelLayouts } from '../../pictures/pixels.ts';

const ACROSS = 16;
const DOWN = 9;
/** Samples of a cell in each direction: enough to be blind to coding noise. */
const SAMPLES = 6;

/**
 * A picture as 16x9 mean colours, and one pixel of each of these places: enough to tell whether a decoder gave back the
 * picture that was put in, and how near, at a cost that does not grow with its size. Values are from 0 to 255; 864 bytes.
 */
export type PicturePrint = Uint8Array;

const HALF = ACROSS * DOWN * 3;

export function picturePrint({ width, height, kind, data }: Pixels): PicturePrint {
  const print = new Uint8Array(HALF * 2);
  const { bytes, channels } = pixelLayouts[kind];
  // Of two bytes the second is the large one.
  const offset = bytes - 1;
  for (let cell = 0; cell < ACROSS * DOWN; cell += 1) {
    const sum = [0, 0, 0];
    for (let sample = 0; sample < SAMPLES * SAMPLES; sample += 1) {
      const column = ((cell % ACROSS) * SAMPLES + (sample % SAMPLES) + 0.5) / (ACROSS * SAMPLES);
      const row =
        (Math.floor(cell / ACROSS) * SAMPLES + Math.floor(sample / SAMPLES) + 0.5) / (DOWN * SAMPLES);
      const at = (Math.floor(row * height) * width + Math.floor(column * width)) * channels * bytes + offset;
      // What is see-through may be any colour behind it.
      const alpha = channels === 4 ? (data[at + 3 * bytes] ?? 0) : 255;
      for (let channel = 0; channel < 3; channel += 1) {
        const value = ((data[at + channel * bytes] ?? 0) * alpha) / 255;
        sum[channel] = (sum[channel] ?? 0) + value;
        if (sample === 0) print[HALF + cell * 3 + channel] = value;
      }
    }
    for (let channel = 0; channel < 3; channel += 1)
      print[cell * 3 + channel] = Math.round((sum[channel] ?? 0) / SAMPLES ** 2);
  }
  return print;
}

/** How near the mean colours of two prints are, in decibels of PSNR; Infinity when they are equal. */
export function likeness(one: PicturePrint, other: PicturePrint): number {
  return decibels(squareError(one, other, 0, HALF));
}

/** The mean square difference of their single pixels: what codecs lose shows here and not in the means. */
export function pixelError(one: PicturePrint, other: PicturePrint): number {
  return squareError(one, other, HALF, HALF * 2);
}

function squareError(one: PicturePrint, other: PicturePrint, from: number, to: number): number {
  let squares = 0;
  for (let at = from; at < to; at += 1) squares += ((one[at] ?? 0) - (other[at] ?? 0)) ** 2;
  return squares / (to - from);
}

/** A mean square difference of values up to 255 as PSNR. */
export function decibels(meanSquare: number): number {
  return meanSquare === 0 ? Number.POSITIVE_INFINITY : 10 * Math.log10(255 ** 2 / meanSquare);
}
