import { FarmError } from '@akashganga/protocol';
import { decodeWithFfmpeg } from './decode-with-ffmpeg.ts';
import { endsWhole } from './formats/ends-whole.ts';
import { readRadianceFile } from './formats/radiance-file.ts';
import { loadSharp, type PictureTools, strictly } from './load-sharp.ts';
import { makeThumbnail, makeThumbnailOfPixels } from './make-thumbnail.ts';
import { type PictureExtension, type PictureKind, pictureKind } from './picture-kinds.ts';

export interface ExpectedPicture {
  readonly frame: number;
  readonly extension: PictureExtension;
  /** In pixels, or null when any size is right. */
  readonly size: { readonly width: number; readonly height: number } | null;
}

/**
 * Decodes the whole picture and looks whether it is what was asked for. One decoding gives the check and
 * the thumbnail, which is null when only the thumbnail failed. Throws `render.bad-file`,
 * `render.wrong-size`, `picture.too-large` and `machine.no-ffmpeg`.
 */
export async function checkPicture(
  path: string,
  expected: ExpectedPicture,
  tools: PictureTools,
): Promise<Buffer | null> {
  const kind = pictureKind(expected.extension);
  try {
    return kind.by === 'sharp'
      ? await checkWithSharp(path, expected, kind, tools)
      : await checkPixels(path, expected, kind, tools);
  } catch (error) {
    if (error instanceof FarmError) throw error;
    const why = firstLine(error);
    throw new FarmError('render.bad-file', { frame: expected.frame, why }, { cause: error });
  }
}

async function checkWithSharp(
  path: string,
  expected: ExpectedPicture,
  kind: Extract<PictureKind, { by: 'sharp' }>,
  tools: PictureTools,
): Promise<Buffer | null> {
  const openPicture = await loadSharp();
  // Its header is read whatever size it claims.
  const head = openPicture(path, { ...strictly(tools), limitInputPixels: false });
  const { format, width, height } = await head.metadata();
  if (format !== kind.format) throw new Error(`it is ${format}, not ${kind.format}`);
  checkSize(expected, width, height, tools);
  if (!(await endsWhole(path, kind.format))) throw new Error('it is cut short');
  try {
    return await makeThumbnail(openPicture(path, strictly(tools)));
  } catch {
    // Was it the picture or the thumbnail? This reads every row too and makes nothing of it.
    await openPicture(path, strictly(tools)).resize(8, 8, { fit: 'fill' }).raw().toBuffer();
    return null;
  }
}

async function checkPixels(
  path: string,
  expected: ExpectedPicture,
  kind: Exclude<PictureKind, { by: 'sharp' }>,
  tools: PictureTools,
): Promise<Buffer | null> {
  const pixels =
    kind.by === 'ffmpeg' ? await decodeWithFfmpeg(path, kind, tools) : await readRadianceFile(path);
  checkSize(expected, pixels.width, pixels.height, tools);
  return makeThumbnailOfPixels(pixels).catch(() => null);
}

function checkSize(
  { frame, size }: ExpectedPicture,
  width: number,
  height: number,
  { largestPicture }: PictureTools,
): void {
  const found = `${width}x${height}`;
  if (size !== null && (size.width !== width || size.height !== height))
    throw new FarmError('render.wrong-size', { frame, found, expected: `${size.width}x${size.height}` });
  if (width * height <= largestPicture) return;
  const most = Math.floor(largestPicture / 1e6);
  throw new FarmError('picture.too-large', { frame, found, most });
}

function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n')[0]?.slice(0, 300) ?? '';
}
