import { dirname, join } from 'node:path';
import { FarmError } from '@akashganga/protocol';
import { type BlendContents, readBlend } from '../references/read-blend.ts';
import type { Reference } from '../references/reference.ts';
import type { Disk } from './disk-path.ts';
import { type Found, findFiles } from './find-files.ts';
import { inTurns } from './in-turns.ts';
import { DiskLook } from './look-on-disk.ts';

/** A reference and what it leads to on this computer. */
export interface FoundReference extends Found {
  readonly reference: Reference;
}

/** One .blend of a scene: the one to render, or a library. */
export interface CollectedBlend {
  /** Its own name in the true path of its folder. */
  readonly place: string;
  readonly contents: BlendContents;
  readonly references: readonly FoundReference[];
  /** Of the folder that Blender names after it: the files in it, as paths from it. */
  readonly cacheFiles: readonly string[];
}

/** A .blend with all it refers to. The one to render comes first, libraries in the order they are met. */
export interface CollectedScene {
  readonly blends: readonly [CollectedBlend, ...CollectedBlend[]];
  /** Libraries that are there but cannot be read, and why. */
  readonly unreadable: readonly { readonly path: string; readonly why: string }[];
}

export interface CollectOptions extends Disk {
  readonly signal?: AbortSignal;
}

const FILES_AT_ONCE = 16;
const BLENDS_AT_ONCE = 2;
const MOST_BLENDS = 10_000;

/** The folder in which Blender keeps caches that have no folder of their own. */
export function cacheFolder(blendName: string): string {
  return `blendcache_${blendName.replace(/\.blend$/i, '')}`;
}

/**
 * Reads the .blend at `path`, its libraries and theirs, and looks for every file they refer to. Throws what `readBlend`
 * throws of the scene itself; a library that is no .blend is named in `unreadable`.
 */
export async function collectScene(path: string, options: CollectOptions): Promise<CollectedScene> {
  const look = new DiskLook();
  const place = await look.place(path);
  if (place === null) throw new FarmError('scene.not-found', { path });
  const blends: [CollectedBlend, ...CollectedBlend[]] = [await collectBlend(place, look, options)];
  const unreadable: { path: string; why: string }[] = [];
  const met = new Set([place]);
  for (let wave = librariesOf(blends, met); wave.length > 0; ) {
    const read = await inTurns(wave, BLENDS_AT_ONCE, (one) => readLibrary(one, look, options));
    const fresh = read.filter((one) => 'contents' in one);
    for (const one of read) if ('why' in one) unreadable.push(one);
    blends.push(...fresh);
    if (blends.length > MOST_BLENDS)
      throw new FarmError('scene.unreadable-file', {
        path,
        why: `it has more than ${MOST_BLENDS} libraries`,
      });
    wave = librariesOf(fresh, met);
  }
  return { blends: await withCaches(blends, look), unreadable };
}

function librariesOf(blends: readonly CollectedBlend[], met: Set<string>): string[] {
  const libraries = blends.flatMap(({ references }) =>
    references
      .filter(({ reference }) => reference.kind === 'library')
      .flatMap(({ folder, files }) => files.map((file) => join(folder ?? '', file))),
  );
  return libraries.filter((place) => !met.has(place) && met.add(place));
}

async function readLibrary(place: string, look: DiskLook, options: CollectOptions) {
  try {
    return await collectBlend(place, look, options);
  } catch (error) {
    if (error instanceof FarmError) return { path: place, why: error.says };
    throw error;
  }
}

async function collectBlend(place: string, look: DiskLook, options: CollectOptions): Promise<CollectedBlend> {
  options.signal?.throwIfAborted();
  const contents = await readBlend(place);
  const folder = dirname(place);
  const references = await inTurns(contents.references, FILES_AT_ONCE, async (reference) => ({
    reference,
    ...(await findFiles(reference, folder, look, options)),
  }));
  return { place, contents, references, cacheFiles: [] };
}

// Data that is linked keeps its cache beside its library or beside the scene, as it was set.
async function withCaches(
  blends: readonly [CollectedBlend, ...CollectedBlend[]],
  look: DiskLook,
): Promise<[CollectedBlend, ...CollectedBlend[]]> {
  const [entry, ...libraries] = blends;
  const anyUses = blends.some(({ contents }) => contents.usesCacheFolder);
  const withCache = async (blend: CollectedBlend, uses: boolean) => {
    const folder = join(
      dirname(blend.place),
      cacheFolder(blend.place.slice(dirname(blend.place).length + 1)),
    );
    return uses ? { ...blend, cacheFiles: await look.filesBelow(folder) } : blend;
  };
  return [
    await withCache(entry, anyUses),
    ...(await Promise.all(libraries.map((one) => withCache(one, one.contents.usesCacheFolder)))),
  ];
}
