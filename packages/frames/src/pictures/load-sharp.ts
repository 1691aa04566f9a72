import type { Sharp, SharpInput, SharpOptions } from 'sharp';

type OpenPicture = (input: SharpInput, options?: SharpOptions) => Sharp;

let loading: Promise<OpenPicture> | null = null;

/**
 * sharp, loaded with the first frame: an idle frame server saves about 25 MB. One thread a picture and no
 * cache, because frames come one after the other and are looked at once.
 */
export function loadSharp(): Promise<OpenPicture> {
  loading ??= import('sharp').then(({ default: sharp }) => {
    sharp.cache(false);
    sharp.concurrency(1);
    return sharp;
  });
  return loading;
}

/** What pictures are decoded with. */
export interface PictureTools {
  /** The path of ffmpeg, or null: then the formats that need it are refused. */
  readonly ffmpeg: string | null;
  /** In pixels. A picture that claims more is refused before it takes the memory. */
  readonly largestPicture: number;
}

/** 16k by 16k pixels. */
export const LARGEST_PICTURE = 0x4000 * 0x4000;

/**
 * A file that is cut short or broken is an error. Not stricter: `warning` also refuses odd but whole
 * headers. Not looser: `truncated` lets TIFF files pass whose end is missing.
 */
export function strictly({ largestPicture }: PictureTools) {
  return { failOn: 'error', limitInputPixels: largestPicture } as const;
}
