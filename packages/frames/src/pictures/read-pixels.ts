import { decodeWithFfmpeg } from './decode-with-ffmpeg.ts';
import { readRadianceFile } from './formats/radiance-file.ts';
import { loadSharp, strictly } from './load-sharp.ts';
import { type PictureExtension, pictureKind } from './picture-kinds.ts';
import type { Pixels } from './pixels.ts';

/**
 * A stored picture as pixels of one kind, whatever kind the file has: gray, palette, alpha and 16 bits are
 * brought to the same, because a sequence that changes its kind loses frames in a film. `bytes` is the file
 * where it is in memory already. Throws an `Error` that ends a sentence, and `machine.no-ffmpeg`.
 */
export async function readPixels(
  path: string,
  extension: PictureExtension,
  ffmpeg: string | null,
  bytes?: Buffer,
): Promise<Pixels> {
  const kind = pictureKind(extension);
  if (kind.by === 'ffmpeg') return decodeWithFfmpeg(path, kind, ffmpeg);
  if (kind.by === 'radiance') return readRadianceFile(path);
  const openPicture = await loadSharp();
  const { data, info } = await openPicture(bytes ?? path, strictly)
    .flatten({ background: '#000000' })
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  if (info.channels !== 3) throw new Error(`it has ${info.channels} channels`);
  return { width: info.width, height: info.height, data };
}
