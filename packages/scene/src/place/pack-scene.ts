import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type ManifestFile, manifestBytes } from '@akashganga/protocol';
import { describeFile } from '@akashganga/storage';
import type { CollectedScene } from '../collect/collect-scene.ts';
import type { Disk } from '../collect/disk-path.ts';
import { inTurns } from '../collect/in-turns.ts';
import { placeScene } from './place-scene.ts';
import { rewriteBlend } from './rewrite-blend.ts';

/** A file that travels: what the manifest says of it, and where it lies on this computer. */
export interface PackedFile {
  readonly file: ManifestFile;
  readonly path: string;
}

export interface PackedScene {
  /** The .blend to open, in the tree. */
  readonly entry: string;
  readonly manifest: Buffer;
  readonly files: readonly PackedFile[];
  /** How many .blend files travel as copies in which paths were rewritten. */
  readonly rewritten: number;
  /** Removes the copies: they are needed until all is sent. */
  close(): Promise<void>;
}

export interface PackOptions extends Disk {
  /** A folder for copies of .blend files; a folder of its own is made in it. */
  readonly temporary: string;
  readonly signal?: AbortSignal;
}

const AT_ONCE = 4;

/**
 * Makes of a collected scene what travels: a tree in which all its paths are right, as a manifest. Throws
 * `scene.file-changed` when a file went away or changed meanwhile, `scene.path-too-long`.
 */
export async function packScene(scene: CollectedScene, options: PackOptions): Promise<PackedScene> {
  const placed = placeScene(scene, options);
  const copies = await mkdtemp(join(options.temporary, 'akashganga-scene-'));
  const close = () => rm(copies, { recursive: true, force: true });
  try {
    const copyOf = await writeCopies(scene, placed.rewrites, copies);
    const files = await inTurns([...placed.files], AT_ONCE, async ([path, place]) => {
      const source = copyOf.get(place) ?? place;
      return { file: { path, ...(await describeFile(source, options.signal)) }, path: source };
    });
    const manifest = manifestBytes(files.map(({ file }) => file));
    return { entry: placed.entry, manifest, files, rewritten: copyOf.size, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function writeCopies(
  scene: CollectedScene,
  rewrites: ReturnType<typeof placeScene>['rewrites'],
  folder: string,
): Promise<ReadonlyMap<string, string>> {
  const copyOf = new Map<string, string>();
  for (const [index, { place, contents }] of scene.blends.entries()) {
    const wanted = rewrites.get(place);
    if (!wanted) continue;
    const copy = join(folder, `${index}.blend`);
    await rewriteBlend(place, copy, contents.header, wanted);
    copyOf.set(place, copy);
  }
  return copyOf;
}
