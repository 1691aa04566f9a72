import { pixelsOfExr, pixelsOfJpeg, pixelsOfPng } from './pixels-of.ts';

/** What the first and last bytes of a picture file tell. */
export interface PictureLook {
  /** As `PNG`, for a sentence. */
  readonly format: string;
  /** False when its end is surely missing; true also where its bytes do not tell. */
  readonly isWhole: boolean;
  readonly width: number | null;
  readonly height: number | null;
  /** 1 gray, 2 gray and alpha, 3 colour, 4 colour and alpha. */
  readonly channels: number | null;
  /** Bits of a channel. */
  readonly depth: number | null;
}

/** Bytes of the beginning and of the end that `lookAtPicture` wants, or all of a shorter file. */
export const PICTURE_HEAD = 4096;
export const PICTURE_TAIL = 64;

interface Bytes {
  readonly head: DataView;
  readonly tail: Uint8Array;
  readonly size: number;
}

interface Format {
  readonly name: string;
  readonly extensions: readonly string[];
  readonly is: (head: DataView) => boolean;
  readonly look?: (bytes: Bytes) => Partial<PictureLook>;
}

// "The IEND chunk must appear LAST. It marks the end of the PNG datastream" (PNG, 11.2.5): no bytes, its name and its
// checksum.
const PNG_END = [0, 0, 0, 0, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82];

const formats: readonly Format[] = [
  {
    name: 'PNG',
    extensions: ['.png'],
    is: (head) => starts(head, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    look: ({ head, tail }) => ({
      ...sizeAt(head, 16, 20),
      ...pixelsOfPng(head),
      isWhole: endsWith(tail, PNG_END),
    }),
  },
  {
    name: 'JPEG',
    extensions: ['.jpg', '.jpeg'],
    is: (head) => starts(head, [0xff, 0xd8, 0xff]),
    // The end of image marker; a padded file is as good.
    look: ({ head, tail }) => ({
      ...pixelsOfJpeg(head),
      isWhole: tail.some((byte, at) => byte === 0xff && tail[at + 1] === 0xd9),
    }),
  },
  {
    name: 'OpenEXR',
    extensions: ['.exr'],
    is: (head) => starts(head, [0x76, 0x2f, 0x31, 0x01]),
    look: ({ head }) => pixelsOfExr(head),
  },
  {
    name: 'TIFF',
    extensions: ['.tif', '.tiff'],
    is: (head) => starts(head, [0x49, 0x49, 0x2a, 0]) || starts(head, [0x4d, 0x4d, 0, 0x2a]),
  },
  { name: 'Radiance HDR', extensions: ['.hdr'], is: (head) => starts(head, [0x23, 0x3f]) },
  {
    name: 'BMP',
    extensions: ['.bmp'],
    is: (head) => starts(head, [0x42, 0x4d]),
    look: ({ head, size }) => ({ isWhole: head.byteLength >= 6 && head.getUint32(2, true) <= size }),
  },
  {
    name: 'WebP',
    extensions: ['.webp'],
    is: (head) => starts(head, [0x52, 0x49, 0x46, 0x46]) && starts(head, [0x57, 0x45, 0x42, 0x50], 8),
    look: ({ head, size }) => ({ isWhole: head.getUint32(4, true) + 8 <= size }),
  },
  {
    name: 'DPX',
    extensions: ['.dpx'],
    is: (head) => starts(head, [0x53, 0x44, 0x50, 0x58]) || starts(head, [0x58, 0x50, 0x44, 0x53]),
  },
  { name: 'SGI', extensions: ['.rgb', '.rgba', '.sgi', '.bw'], is: (head) => starts(head, [0x01, 0xda]) },
  {
    name: 'JPEG 2000',
    extensions: ['.jp2', '.j2c'],
    is: (head) => starts(head, [0xff, 0x4f, 0xff, 0x51]) || starts(head, [0x6a, 0x50, 0x20, 0x20], 4),
  },
];

/**
 * Tells what a picture file is by its first and last bytes, so that a worker without a decoder notices a file that is
 * cut or of another kind before it sends it. Null for a format that has no mark at its beginning (Targa) or is not known.
 */
export function lookAtPicture(head: Uint8Array, tail: Uint8Array, size: number): PictureLook | null {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const format = formats.find(({ is }) => is(view));
  if (!format) return null;
  const unknown = {
    ...{ format: format.name, isWhole: true, width: null, height: null, channels: null, depth: null },
  };
  return { ...unknown, ...format.look?.({ head: view, tail, size }) };
}

/** The format that files with this ending have, as `PNG`; null for an ending whose files have no mark. */
export function formatOfExtension(extension: string): string | null {
  return formats.find(({ extensions }) => extensions.includes(extension))?.name ?? null;
}

function starts(head: DataView, bytes: readonly number[], at = 0): boolean {
  return head.byteLength >= at + bytes.length && bytes.every((byte, i) => head.getUint8(at + i) === byte);
}

function endsWith(tail: Uint8Array, bytes: readonly number[]): boolean {
  const from = tail.length - bytes.length;
  return from >= 0 && bytes.every((byte, i) => tail[from + i] === byte);
}

function sizeAt(head: DataView, widthAt: number, heightAt: number) {
  if (head.byteLength < heightAt + 4) return {};
  return { width: head.getUint32(widthAt), height: head.getUint32(heightAt) };
}
