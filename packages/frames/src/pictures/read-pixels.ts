import { decodeWithFfmpeg } from './decode-with-ffmpeg.ts';
import { readRadianceFile } from './formats/radiance-file.ts';
import { loadSharp, type PictureTools, strictly } from './load-sharp.ts';
import { type PictureExtension, pictureKind } from './picture-kinds.ts';
import { deepen, onBackground, type PixelKind, type Pixels, pixelLayouts, withAlpha } from './pixels.ts';

export interface WantedPixels {
  readonly kind: PixelKind;
  /** `#rrggbb`, for a kind without alpha. Default black. */
  readonly background?: string;
}

const BLACK = '#000000';
const PLAIN: WantedPixels = { kind: 'rgb24' };

/**
 * A stored picture as pixels of the kind that is wanted, whatever kind the file has: gray, palette, alpha and 16 bits
 * are brought to the same, because a sequence that changes its kind loses frames in a film. Throws an `Error` that ends a sentence, and `machine.no-ffmpeg`.
 */
export async function readPixels(
  path: string,
  extension: PictureExtension,
  tools: PictureTools,
  { kind: wanted, background = BLACK }: WantedPixels = PLAIN,
): Promise<Pixels> {
  const { bytes: depth, channels } = pixelLayouts[wanted];
  // Black is what each decoder does by itself; another colour is put behind what it gives.
  const kind = channels === 3 && background !== BLACK ? (depth === 1 ? 'rgba' : 'rgba64le') : wanted;
  const pixels = await decode(path, extension, tools, kind);
  return kind === wanted ? pixels : onBackground(pixels, background);
}

async function decode(
  path: string,
  extension: PictureExtension,
  tools: PictureTools,
  kind: PixelKind,
): Promise<Pixels> {
  const format = pictureKind(extension);
  if (format.by === 'ffmpeg') return decodeWithFfmpeg(path, format, tools, kind);
  const pixels =
    format.by === 'radiance' ? await readRadianceFile(path) : await readWithSharp(path, kind, tools);
  const { bytes: depth, channels } = pixelLayouts[kind];
  const opaque = channels === 4 ? withAlpha(pixels) : pixels;
  return depth === 2 ? deepen(opaque) : opaque;
}

// Light of a byte is brought to two by us: libvips goes another way and does not come out at the same.
async function readWithSharp(path: string, kind: PixelKind, tools: PictureTools): Promise<Pixels> {
  const openPicture = await loadSharp();
  const picture = openPicture(path, strictly(tools));
  const isDeep = pixelLayouts[kind].bytes === 2 && (await picture.metadata()).depth === 'ushort';
  const { channels } = pixelLayouts[kind];
  const laid = channels === 4 ? picture.ensureAlpha() : picture.flatten({ background: BLACK });
  const { data, info } = await laid
    .toColourspace(isDeep ? 'rgb16' : 'srgb')
    .raw(isDeep ? { depth: 'ushort' } : {})
    .toBuffer({ resolveWithObject: true });
  if (info.channels !== channels) throw new Error(`it has ${info.channels} channels`);
  const { width, height } = info;
  if (isDeep) return { width, height, kind, data };
  return { width, height, kind: channels === 4 ? 'rgba' : 'rgb24', data };
}
