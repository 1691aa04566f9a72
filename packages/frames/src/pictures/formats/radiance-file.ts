import { readFile } from 'node:fs/promises';
import type { Pixels } from '../pixels.ts';

const LARGEST_SIDE = 0x7fff;

/**
 * Reads a Radiance picture (.hdr): light with a shared exponent, here made sRGB. ffmpeg reads it only in
 * builds newer than Debian 12's. Throws an `Error` that ends a sentence.
 */
export async function readRadianceFile(path: string): Promise<Pixels> {
  const bytes = await readFile(path);
  const { width, height, start } = readHeader(bytes);
  const data = Buffer.alloc(width * height * 3);
  const row = Buffer.alloc(width * 4);
  let at = start;
  for (let y = 0; y < height; y += 1) {
    at = readRow(bytes, at, row, width);
    for (let x = 0; x < width; x += 1) writePixel(row, x, width, data, (y * width + x) * 3);
  }
  return { width, height, kind: 'rgb24', data };
}

function readHeader(bytes: Buffer): { width: number; height: number; start: number } {
  const head = bytes.toString('latin1', 0, Math.min(bytes.length, 65_536));
  if (!head.startsWith('#?')) throw new Error('it is not a Radiance file');
  const match = /\n\n-Y (\d+) \+X (\d+)\n/.exec(head);
  if (!match) throw new Error('its header does not say its size');
  const [height, width] = [Number(match[1]), Number(match[2])];
  if (width < 8 || width > LARGEST_SIDE || height < 1 || height > LARGEST_SIDE)
    throw new Error(`a size of ${width}x${height} pixels is beyond the format`);
  return { width, height, start: match.index + match[0].length };
}

// A row is 2, 2 and its width, then all reds, greens, blues and exponents, each in runs: a count over 128
// repeats one byte, another count is followed by that many bytes.
function readRow(bytes: Buffer, from: number, row: Buffer, width: number): number {
  let at = from + 4;
  if (bytes[from] !== 2 || bytes[from + 1] !== 2 || bytes.readUInt16BE(from + 2) !== width)
    throw new Error(from + 4 > bytes.length ? 'it is cut short' : 'its rows are not in runs');
  for (let filled = 0; filled < width * 4; ) {
    const count = bytes[at] ?? 0;
    const length = count > 128 ? count - 128 : count;
    const inThisPart = width - (filled % width);
    const needed = count > 128 ? 2 : 1 + length;
    if (length === 0 || length > inThisPart || at + needed > bytes.length) throw new Error('it is cut short');
    if (count > 128) row.fill(bytes[at + 1] ?? 0, filled, filled + length);
    else bytes.copy(row, filled, at + 1, at + 1 + length);
    filled += length;
    at += needed;
  }
  return at;
}

function writePixel(row: Buffer, x: number, width: number, data: Buffer, to: number): void {
  const scale = 2 ** ((row[x + 3 * width] ?? 0) - 136);
  for (let channel = 0; channel < 3; channel += 1)
    data[to + channel] = srgb((row[x + channel * width] ?? 0) * scale);
}

/** Light from 0 to 1 as sRGB from 0 to 255 (IEC 61966-2-1); brighter light is white. */
function srgb(light: number): number {
  const value = light <= 0.003_130_8 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055;
  return Math.min(255, Math.round(value * 255));
}
