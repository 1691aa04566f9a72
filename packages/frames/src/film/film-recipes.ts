import type { Container } from '@akashganga/protocol';
import type { Fraction } from './exact-rate.ts';

/** How one encoder is used. What a film is made with is data; `encoder-arguments.ts` makes a command of it. */
interface EncoderRecipe {
  readonly args: readonly string[];
  /** It takes even sides only: an odd picture gets its last column or row twice. */
  readonly evenSize: boolean;
  /** Its files say which colours they hold. Of others, players think what they think of all old films. */
  readonly tagged: boolean;
  /** Each of its segments begins with a picture that needs none before it, and all have the same headers. */
  readonly joins?: true;
  /** The largest number in a rate. Default: what ffmpeg takes. */
  readonly largestInRate?: number;
  /** False for rates that it would reach only by dropping or repeating frames. */
  readonly takesRate?: (rate: Fraction) => boolean;
  /** Pictures a second at most. A faster film has all its frames and plays slower. */
  readonly fastest?: number;
}

const MPEG2_BASES = [
  [24_000, 1001],
  [24, 1],
  [25, 1],
  [30_000, 1001],
  [30, 1],
  [50, 1],
  [60_000, 1001],
  [60, 1],
] as const;

/**
 * "frame_rate = frame_rate_value * (frame_rate_extension_n + 1) / (frame_rate_extension_d + 1)" (ISO/IEC
 * 13818-2, 6.3.3): 15 and 12 are there, 23 is not. Asked for another rate, ffmpeg takes the nearest one and
 * drops or repeats frames.
 */
function isMpeg2Rate({ numerator, denominator }: Fraction): boolean {
  for (const [top, bottom] of MPEG2_BASES)
    for (let n = 1; n <= 4; n += 1)
      for (let d = 1; d <= 32; d += 1) if (numerator * bottom * d === denominator * top * n) return true;
  return false;
}

/** Measured at 640x360, 48 frames, 2 cores: libx264 0.3 s, libvpx-vp9 0.8 s, the old ones 0.15 s. */
export const encoderRecipes = {
  libx264: { args: ['-preset', 'fast', '-crf', '18'], evenSize: true, tagged: true, joins: true },
  'libvpx-vp9': {
    args: ['-row-mt', '1', '-cpu-used', '4', '-crf', '30', '-b:v', '0'],
    evenSize: false,
    tagged: true,
    joins: true,
  },
  libvpx: { args: ['-cpu-used', '4', '-crf', '10', '-b:v', '20M'], evenSize: false, tagged: false },
  mpeg2video: {
    args: ['-q:v', '2', '-force_fps'],
    evenSize: false,
    tagged: true,
    takesRate: isMpeg2Rate,
  },
  mpeg4: { args: ['-q:v', '3'], evenSize: false, tagged: false, largestInRate: 65_535 },
  flv: { args: ['-q:v', '3'], evenSize: false, tagged: false },
  wmv2: { args: ['-q:v', '3'], evenSize: true, tagged: false },
  mjpeg: { args: ['-q:v', '3'], evenSize: false, tagged: false },
  // Times are hundredths of a second, and players show anything under two of them for ten: so 50 at most. Other
  // rates are reached on average: 24 is a mix of four and five hundredths.
  gif: { args: [], evenSize: false, tagged: false, fastest: 50 },
} as const satisfies Record<string, EncoderRecipe>;

export type Encoder = keyof typeof encoderRecipes;

export interface FilmRecipe {
  /** The best first; the first that this ffmpeg has and that takes the rate is used. */
  readonly encoders: readonly [Encoder, ...Encoder[]];
  /** ffmpeg's name of the container. */
  readonly format: string;
  readonly args: readonly string[];
  /** It takes joined segments without a change in their times. */
  readonly joins?: true;
  /** Its times are counted in units that can be chosen. */
  readonly timeScale?: true;
}

const faststart = ['-movflags', '+faststart'];

export const filmRecipes: Readonly<Record<Container, FilmRecipe>> = {
  mp4: { encoders: ['libx264', 'mpeg4'], format: 'mp4', args: faststart, joins: true, timeScale: true },
  mov: { encoders: ['libx264', 'mpeg4'], format: 'mov', args: faststart, joins: true, timeScale: true },
  mkv: { encoders: ['libx264', 'libvpx-vp9', 'mpeg4'], format: 'matroska', args: [], joins: true },
  webm: { encoders: ['libvpx-vp9', 'libvpx'], format: 'webm', args: [], joins: true },
  // MPEG-4 in a program stream keeps the frames and their times for the rates that MPEG-2 cannot say.
  mpg: { encoders: ['mpeg2video', 'mpeg4'], format: 'mpeg', args: [] },
  flv: { encoders: ['libx264', 'flv'], format: 'flv', args: [] },
  wmv: { encoders: ['wmv2'], format: 'asf', args: [] },
  avi: { encoders: ['mpeg4', 'mjpeg'], format: 'avi', args: [] },
  gif: { encoders: ['gif'], format: 'gif', args: [] },
};

/** The recipe of an encoder, its optional parts visible to the compiler. */
export function encoderRecipe(encoder: Encoder): EncoderRecipe {
  return encoderRecipes[encoder];
}
