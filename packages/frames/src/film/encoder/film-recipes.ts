import type { Container, FilmCodec } from '@akashganga/protocol';
import type { Fraction } from './exact-rate.ts';

/** How one encoder is used. What a film is made with is data; `choose-encoder.ts` makes a choice of it. */
export interface EncoderRecipe {
  readonly args: readonly string[];
  /** Its scale of quality: the option, and the values for 1 and for 100. Absent for one that has none. */
  readonly quality?: { readonly option: string; readonly worst: number; readonly best: number };
  /** What it is given of this scale for each preset, in its own numbers. Review is what one gets unasked. */
  readonly levels?: { readonly web: number; readonly review: number; readonly master: number };
  /** The pixel formats it is given, by depth; those with transparency apart. The first is taken unasked. */
  readonly formats: readonly PixelFormat[];
  /** What comes out of its decoder is what was put in, bit by bit. */
  readonly lossless?: true;
  /** Arguments that only a film with transparency needs. */
  readonly alphaArgs?: readonly string[];
  /** Its decoder, where ffmpeg's own choice would lose the transparency. */
  readonly alphaDecoder?: string;
  /** It takes even sides only: an odd picture gets its last column or row twice. */
  readonly evenSize: boolean;
  /** The smallest side. Default 1. */
  readonly leastSide?: number;
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

/** One of ffmpeg's pixel formats. `range` is full for those that hold 0 to 255, and tv for 16 to 235. */
export interface PixelFormat {
  readonly name: string;
  readonly depth: 8 | 10 | 16;
  readonly alpha?: true;
  readonly range?: 'full';
  readonly rgb?: true;
}

const yuv420: PixelFormat = { name: 'yuv420p', depth: 8 };
const yuv420deep: PixelFormat = { name: 'yuv420p10le', depth: 10 };

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

const crf = { option: '-crf', worst: 51, best: 1 };
const crf63 = { option: '-crf', worst: 63, best: 2 };
const qscale = { option: '-q:v', worst: 31, best: 1 };

/** Measured at 640x360, 48 frames, 2 cores: libx264 0.3 s, libvpx-vp9 0.8 s, the old ones 0.15 s. */
export const encoderRecipes = {
  libx264: {
    args: ['-preset', 'fast'],
    quality: crf,
    levels: { web: 23, review: 18, master: 12 },
    formats: [yuv420, yuv420deep],
    evenSize: true,
    tagged: true,
    joins: true,
  },
  libx265: {
    args: ['-preset', 'fast', '-x265-params', 'log-level=error'],
    quality: crf,
    levels: { web: 26, review: 20, master: 12 },
    formats: [yuv420, yuv420deep],
    evenSize: true,
    leastSide: 16,
    tagged: true,
  },
  libsvtav1: {
    args: ['-preset', '8', '-g', '96'],
    quality: crf63,
    levels: { web: 35, review: 25, master: 15 },
    formats: [yuv420deep, yuv420],
    evenSize: true,
    leastSide: 64,
    tagged: true,
  },
  'libaom-av1': {
    args: ['-cpu-used', '6', '-row-mt', '1', '-b:v', '0', '-g', '96'],
    quality: crf63,
    levels: { web: 35, review: 25, master: 15 },
    formats: [yuv420deep, yuv420],
    evenSize: true,
    tagged: true,
  },
  'libvpx-vp9': {
    args: ['-row-mt', '1', '-cpu-used', '4', '-b:v', '0'],
    quality: crf63,
    levels: { web: 36, review: 30, master: 16 },
    formats: [yuv420, yuv420deep, { name: 'yuva420p', depth: 8, alpha: true }],
    alphaArgs: ['-auto-alt-ref', '0'],
    alphaDecoder: 'libvpx-vp9',
    evenSize: false,
    tagged: true,
    joins: true,
  },
  libvpx: {
    args: ['-cpu-used', '4', '-b:v', '20M'],
    quality: { option: '-crf', worst: 63, best: 4 },
    levels: { web: 20, review: 10, master: 4 },
    formats: [yuv420],
    evenSize: false,
    tagged: false,
  },
  // 4:2:2 without transparency and 4:4:4 with it: what editing programs expect of these two kinds. It says that it takes
  // odd sides, and what comes out of 129x97 in 4:2:2 is at 20 dB from what went in (ffmpeg 5.1).
  prores_ks: {
    args: ['-vendor', 'apl0'],
    quality: { option: '-qscale:v', worst: 31, best: 1 },
    levels: { web: 13, review: 9, master: 4 },
    formats: [
      { name: 'yuv422p10le', depth: 10 },
      { name: 'yuva444p10le', depth: 10, alpha: true },
    ],
    evenSize: true,
    tagged: true,
  },
  // Each picture stands alone and each slice has a checksum: what archives ask for.
  ffv1: {
    args: ['-level', '3', '-g', '1', '-slices', '4', '-slicecrc', '1'],
    formats: [
      { name: 'bgr0', depth: 8, rgb: true, range: 'full' },
      { name: 'gbrp16le', depth: 16, rgb: true, range: 'full' },
      { name: 'bgra', depth: 8, alpha: true, rgb: true, range: 'full' },
      { name: 'gbrap16le', depth: 16, alpha: true, rgb: true, range: 'full' },
    ],
    lossless: true,
    evenSize: false,
    tagged: false,
  },
  mpeg2video: {
    args: ['-force_fps'],
    quality: qscale,
    levels: { web: 5, review: 2, master: 1 },
    formats: [yuv420],
    evenSize: false,
    tagged: true,
    takesRate: isMpeg2Rate,
  },
  mpeg4: {
    args: [],
    quality: qscale,
    levels: { web: 6, review: 3, master: 1 },
    formats: [yuv420],
    evenSize: false,
    tagged: false,
    largestInRate: 65_535,
  },
  flv: {
    args: [],
    quality: qscale,
    levels: { web: 6, review: 3, master: 1 },
    formats: [yuv420],
    evenSize: false,
    tagged: false,
  },
  wmv2: {
    args: [],
    quality: qscale,
    levels: { web: 6, review: 3, master: 1 },
    formats: [yuv420],
    evenSize: true,
    tagged: false,
  },
  mjpeg: {
    args: [],
    quality: qscale,
    levels: { web: 6, review: 3, master: 1 },
    formats: [{ name: 'yuvj420p', depth: 8 }],
    evenSize: false,
    tagged: false,
  },
  // Times are hundredths of a second, and players show anything under two of them for ten: so 50 at most. Other
  // rates are reached on average: 24 is a mix of four and five hundredths.
  gif: {
    args: [],
    formats: [
      { name: 'pal8', depth: 8 },
      { name: 'pal8', depth: 8, alpha: true },
    ],
    evenSize: false,
    tagged: false,
    fastest: 50,
  },
} as const satisfies Record<string, EncoderRecipe>;

export type Encoder = keyof typeof encoderRecipes;

/** The encoders of a codec, the best first. */
export const codecEncoders: Readonly<Record<FilmCodec, readonly [Encoder, ...Encoder[]]>> = {
  h264: ['libx264'],
  h265: ['libx265'],
  av1: ['libsvtav1', 'libaom-av1'],
  vp9: ['libvpx-vp9'],
  vp8: ['libvpx'],
  prores: ['prores_ks'],
  ffv1: ['ffv1'],
  mpeg2: ['mpeg2video'],
  mpeg4: ['mpeg4'],
  mjpeg: ['mjpeg'],
  wmv: ['wmv2'],
  sorenson: ['flv'],
  gif: ['gif'],
};

export interface FilmRecipe {
  /** Where nobody asked for a codec: the best first; the first that this ffmpeg has and that takes the rate is used. */
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
