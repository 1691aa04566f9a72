import { basename, extname, join } from 'node:path';
import type { Reference } from '../references/reference.ts';
import { type Disk, diskPath, isTooHigh } from './disk-path.ts';
import type { DiskLook } from './look-on-disk.ts';

/** What a reference leads to on this computer. */
export interface Found {
  /** The true folder that all of it is in, null when there is none. */
  readonly folder: string | null;
  /** What the path's last part says: a name, a pattern of tiles, one of a sequence; '' for the folder itself. */
  readonly last: string;
  /** The files, as paths from `folder`. */
  readonly files: readonly string[];
  /** Paths that should be there and are not. */
  readonly missing: readonly string[];
}

/** Looks for the files of a reference in a .blend that lies in `blendFolder`. */
export async function findFiles(
  reference: Reference,
  blendFolder: string,
  look: DiskLook,
  disk: Disk,
): Promise<Found> {
  const path = diskPath(reference.path, blendFolder, disk);
  if (reference.shape === 'folder') return inFolder(path, reference, look, disk);
  if (reference.shape === 'named') return named(path, reference, look);
  const place = await look.place(path);
  if (place === null) return { folder: null, last: '', files: [], missing: [reference.path] };
  const last = basename(place);
  const folder = place.slice(0, place.length - last.length - 1) || place.slice(0, 1);
  if (reference.shape === 'tiles') return tiles(folder, last, reference, look);
  if (reference.shape === 'sequence') return sequence(folder, last, reference, look);
  const isThere = await look.isFile(place);
  return { folder, last, files: isThere ? [last] : [], missing: isThere ? [] : [reference.path] };
}

/** What Blender writes into a cache's folder; other files there are none of the scene's. */
const OF_CACHE: ReadonlyMap<string, (path: string) => boolean> = new Map([
  [
    'fluid cache',
    (path: string) => /^(config|data|guiding|mesh|noise|particles|script)\/|^fluidsurface/.test(path),
  ],
  ['point cache', (path: string) => /^[^/]+\.bphys$/.test(path)],
  ['ocean cache', (path: string) => /^(disp|foam|normal|spray)[^/]*$/.test(path)],
]);

async function inFolder(path: string, reference: Reference, look: DiskLook, disk: Disk): Promise<Found> {
  const folder = await look.folder(path);
  const isCache = OF_CACHE.get(reference.kind) ?? (() => true);
  const below = folder === null || isTooHigh(folder, disk) ? [] : await look.filesBelow(folder);
  const files = below.filter(isCache);
  return { folder, last: '', files, missing: files.length === 0 ? [reference.path] : [] };
}

async function named(path: string, reference: Reference, look: DiskLook): Promise<Found> {
  const folder = await look.folder(path);
  const files: string[] = [];
  const missing: string[] = [];
  for (const { name } of reference.named) {
    const isPlain = name !== '' && !/[\\/]/.test(name);
    const isThere = folder !== null && isPlain && (await look.isFile(join(folder, name)));
    if (isThere) files.push(name);
    else missing.push(`${reference.path.replace(/([^\\/])$/, '$1/')}${name}`);
  }
  return { folder, last: '', files, missing };
}

/** The file name of a tile. To 3.0 a path names the first tile's file. */
export function tileName(pattern: string, tile: number): string {
  const [u, v] = [((tile - 1001) % 10) + 1, Math.floor((tile - 1001) / 10) + 1];
  const name = pattern.replaceAll('<UDIM>', String(tile)).replaceAll('<UVTILE>', `u${u}_v${v}`);
  return name === pattern ? pattern.replace(/1001(?=\D*$)/, String(tile)) : name;
}

async function tiles(folder: string, last: string, reference: Reference, look: DiskLook): Promise<Found> {
  const names = reference.tiles.map((tile) => tileName(last, tile));
  const there = await Promise.all(names.map((name) => look.isFile(join(folder, name))));
  const missing = reference.tiles.filter((_, index) => !there[index]);
  return {
    folder,
    last,
    files: [...new Set(names.filter((_, index) => there[index]))],
    missing: missing.map((tile) => tileName(reference.path, tile)),
  };
}

/** The last digits before the ending are the number; every file that differs only in them belongs to it. */
async function sequence(folder: string, last: string, reference: Reference, look: DiskLook): Promise<Found> {
  const ending = extname(last);
  const parts = /^(.*?)\d+(\D*)$/s.exec(last.slice(0, last.length - ending.length));
  const head = parts?.[1] ?? '';
  const tail = (parts?.[2] ?? '') + ending;
  const belongs = (name: string) =>
    name.startsWith(head) &&
    name.endsWith(tail) &&
    /^\d+$/.test(name.slice(head.length, -tail.length || undefined));
  const names = await look.names(folder);
  const files = names.filter((name) => (parts ? belongs(name) : name === last));
  return { folder, last, files, missing: files.length === 0 ? [reference.path] : [] };
}
