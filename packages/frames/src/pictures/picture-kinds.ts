/** How a kind of picture is read: by sharp, by ffmpeg with the decoder named, or by our own reader. */
export type PictureKind =
  | { readonly by: 'sharp'; readonly format: string; readonly mediaType: string }
  | {
      readonly by: 'ffmpeg';
      readonly decoder: string;
      readonly input: readonly string[];
      readonly alpha: 'straight' | 'premultiplied';
      readonly mediaType: string;
    }
  | { readonly by: 'radiance'; readonly mediaType: string };

const png = { by: 'sharp', format: 'png', mediaType: 'image/png' } as const;
const jpeg = { by: 'sharp', format: 'jpeg', mediaType: 'image/jpeg' } as const;
const tiff = { by: 'sharp', format: 'tiff', mediaType: 'image/tiff' } as const;

function ffmpegKind(
  decoder: string,
  mediaType: string,
  alpha: 'straight' | 'premultiplied' = 'straight',
  input: readonly string[] = [],
) {
  return { by: 'ffmpeg', decoder, input, alpha, mediaType } as const;
}

const sgi = ffmpegKind('sgi', 'image/sgi');
const jpeg2000 = ffmpegKind('jpeg2000', 'image/jp2');

/** Every ending Blender gives to a picture, but Cineon's, which neither sharp nor ffmpeg reads. */
const pictureKinds = {
  '.png': png,
  '.jpg': jpeg,
  '.jpeg': jpeg,
  '.tif': tiff,
  '.tiff': tiff,
  '.webp': { by: 'sharp', format: 'webp', mediaType: 'image/webp' },
  '.exr': ffmpegKind('exr', 'image/x-exr', 'premultiplied', ['-apply_trc', 'iec61966_2_1']),
  '.hdr': { by: 'radiance', mediaType: 'image/vnd.radiance' },
  '.tga': ffmpegKind('targa', 'image/x-tga'),
  '.bmp': ffmpegKind('bmp', 'image/bmp'),
  '.dpx': ffmpegKind('dpx', 'image/x-dpx'),
  '.rgb': sgi,
  '.rgba': sgi,
  '.sgi': sgi,
  '.jp2': jpeg2000,
  '.j2c': jpeg2000,
} as const satisfies Record<string, PictureKind>;

export type PictureExtension = keyof typeof pictureKinds;

/** The endings, in the words of a sentence. */
export const knownExtensions: readonly string[] = Object.keys(pictureKinds);

export function isPictureExtension(extension: unknown): extension is PictureExtension {
  return typeof extension === 'string' && Object.hasOwn(pictureKinds, extension);
}

export function pictureKind(extension: PictureExtension): PictureKind {
  return pictureKinds[extension];
}
