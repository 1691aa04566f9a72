import { type FileHandle, open } from 'node:fs/promises';
import { LARGEST_PICTURE } from '../load-sharp.ts';

/** What ffmpeg does not say of an OpenEXR file. */
export interface ExrFile {
  /** The layer with the picture, for ffmpeg's `-layer`: empty for a file with one layer. */
  readonly layer: string;
  /** Every layer that has colours, by its name. A file with one layer has none that is named. */
  readonly layers: readonly string[];
  /** Of the picture, in pixels. */
  readonly width: number;
  readonly height: number;
  /** False when a part of the picture is beyond the end of the file. */
  readonly whole: boolean;
}

const MAGIC = 20_000_630;
const TILED = 0x200;
const MULTIPART = 0x1000;
const LARGEST_HEADER = 1 << 20;
// "linesPerBlock" of the OpenEXR file layout, by the number of the compression: none, RLE, ZIPS, ZIP, PIZ,
// PXR24, B44, B44A, DWAA, DWAB.
const LINES_PER_BLOCK = [1, 1, 1, 16, 32, 16, 32, 32, 32, 256];

/**
 * Looks into an OpenEXR file. ffmpeg decodes a file that is cut short without a word (5.1), and needs to be
 * told which layer of a multilayer file the picture is; this tells both from the header and the table of
 * blocks. Throws an `Error` for a file that has neither.
 */
export async function readExrFile(path: string, largest = LARGEST_PICTURE): Promise<ExrFile> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const head = await readAt(file, 0, Math.min(size, LARGEST_HEADER));
    if (head.length < 8 || head.readUInt32LE(0) !== MAGIC) throw new Error('it is not an OpenEXR file');
    const flags = head.readUInt32LE(4);
    const { attributes, end } = readAttributes(head);
    for (const name of ['dataWindow', 'displayWindow']) checkWindow(attributes.get(name), largest);
    const { width, height } = sizeOf(attributes.get('displayWindow'));
    const channels = channelNames(attributes.get('channels') ?? Buffer.alloc(0));
    const found = { layer: pictureLayer(channels), layers: colourLayers(channels), width, height };
    // Blender writes scanlines in one part; of other files only the decoder can judge.
    if (flags & (TILED | MULTIPART)) return { ...found, whole: true };
    return { ...found, whole: await hasAllBlocks(file, size, end, countBlocks(attributes)) };
  } finally {
    await file.close();
  }
}

function readAttributes(head: Buffer): { attributes: Map<string, Buffer>; end: number } {
  const attributes = new Map<string, Buffer>();
  let at = 8;
  while (at < head.length && head[at] !== 0) {
    const nameEnd = textEnd(head, at);
    const typeEnd = textEnd(head, nameEnd + 1);
    if (typeEnd + 5 > head.length) throw new Error('its header is cut short');
    const start = typeEnd + 5;
    const size = head.readUInt32LE(typeEnd + 1);
    if (start + size >= head.length) throw new Error('its header is cut short');
    attributes.set(head.toString('latin1', at, nameEnd), head.subarray(start, start + size));
    at = start + size;
  }
  return { attributes, end: at + 1 };
}

function textEnd(bytes: Buffer, from: number): number {
  const end = bytes.indexOf(0, from);
  if (end < 0) throw new Error('its header is cut short');
  return end;
}

// A channel is its name, a zero and 16 bytes.
function channelNames(list: Buffer): string[] {
  const names: string[] = [];
  for (let at = 0; at < list.length && list[at] !== 0; ) {
    const end = textEnd(list, at);
    names.push(list.toString('utf8', at, end));
    at = end + 17;
  }
  return names;
}

// Blender calls the picture of a view layer "<layer>.Combined", and what its compositor made "Composite.Combined".
function pictureLayer(channels: readonly string[]): string {
  if (channels.some((name) => /^[RYV]$/.test(name))) return '';
  const layers = channels.filter((name) => name.endsWith('.R')).map((name) => name.slice(0, -2));
  const find = (wanted: RegExp) => layers.find((layer) => wanted.test(layer));
  return find(/^Composite\.Combined/) ?? find(/\.Combined/) ?? layers[0] ?? '';
}

// Depth, normals and the like are no colours.
function colourLayers(channels: readonly string[]): string[] {
  const all = new Set(channels);
  return channels
    .filter((name) => name.endsWith('.R'))
    .map((name) => name.slice(0, -2))
    .filter((layer) => all.has(`${layer}.G`) && all.has(`${layer}.B`));
}

// A window is two corners that belong to it.
function sizeOf(window: Buffer | undefined): { width: number; height: number } {
  if (!window || window.length < 16) throw new Error('its header does not say what it holds');
  const [left = 0, top = 0, right = 0, bottom = 0] = [0, 4, 8, 12].map((at) => window.readInt32LE(at));
  return { width: right - left + 1, height: bottom - top + 1 };
}

function checkWindow(window: Buffer | undefined, largest: number): void {
  const { width, height } = sizeOf(window);
  if (width < 1 || height < 1 || width * height > largest)
    throw new Error(`its header claims ${width}x${height} pixels`);
}

function countBlocks(attributes: ReadonlyMap<string, Buffer>): number {
  const window = attributes.get('dataWindow');
  const compression = attributes.get('compression')?.[0] ?? -1;
  const lines = LINES_PER_BLOCK[compression];
  if (!window || window.length < 16 || !lines) throw new Error('its header does not say what it holds');
  return Math.ceil((window.readInt32LE(12) - window.readInt32LE(4) + 1) / lines);
}

// The table says where each block starts; a block is its line, its size and its bytes. The file is whole
// when no start is missing and the last block ends inside it.
async function hasAllBlocks(file: FileHandle, size: number, table: number, count: number): Promise<boolean> {
  if (count < 1 || table + count * 8 > size) return false;
  const starts = await readAt(file, table, count * 8);
  let last = 0;
  for (let at = 0; at + 8 <= starts.length; at += 8) {
    const start = Number(starts.readBigUInt64LE(at));
    if (start < table + count * 8 || start + 8 > size) return false;
    last = Math.max(last, start);
  }
  const block = await readAt(file, last, 8);
  return block.length === 8 && last + 8 + block.readUInt32LE(4) <= size;
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { bytesRead, buffer } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}
