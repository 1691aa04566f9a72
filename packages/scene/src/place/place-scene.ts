import { basename, dirname, join, posix } from 'node:path';
import { FarmError } from '@akashganga/protocol';
import {
  type CollectedBlend,
  type CollectedScene,
  cacheFolder,
  type FoundReference,
} from '../collect/collect-scene.ts';
import { type Disk, relativePart } from '../collect/disk-path.ts';
import type { PathField } from '../references/reference.ts';
import { findRoots, isWithin } from './roots.ts';
import { safeName, safePattern } from './safe-name.ts';
import { inTree, Tree } from './tree.ts';

/** A path in a .blend that has to be another for the tree. */
export interface Rewrite {
  readonly field: PathField;
  readonly text: string;
}

export interface PlacedScene {
  /** The .blend to render, in the tree. */
  readonly entry: string;
  /** Places on this computer by path in the tree. */
  readonly files: ReadonlyMap<string, string>;
  /** By place: the .blend files that travel as copies with other paths in them. */
  readonly rewrites: ReadonlyMap<string, readonly Rewrite[]>;
}

/**
 * Decides where in the tree each file goes, and which paths have to be rewritten because they would not lead there.
 * Throws `scene.path-too-long`.
 */
export function placeScene(scene: CollectedScene, disk: Disk): PlacedScene {
  const roots = findRoots(scene, disk);
  const tree = new Tree(roots, (name) => isInFirst(scene, roots[0] ?? '', name));
  const treePaths = new Map<string, string>();
  for (const { place } of scene.blends) {
    const name = basename(place);
    treePaths.set(place, inTree(tree.place(name, dirname(place), [name]), name));
  }
  const rewrites = new Map<string, readonly Rewrite[]>();
  for (const blend of scene.blends) {
    const own = treePaths.get(blend.place) ?? '';
    const found = blend.references.flatMap((one) => placeReference(one, blend, own, tree));
    if (found.length > 0) rewrites.set(blend.place, found);
    placeCache(blend, own, tree);
  }
  return { entry: treePaths.get(scene.blends[0].place) ?? '', files: tree.files, rewrites };
}

function isInFirst(scene: CollectedScene, root: string, name: string): boolean {
  const folder = join(root, name);
  return scene.blends.some(
    ({ place, references }) =>
      isWithin(place, folder) ||
      references.some((one) => one.folder !== null && isWithin(one.folder, folder)),
  );
}

function placeCache(blend: CollectedBlend, own: string, tree: Tree): void {
  const folder = join(dirname(blend.place), cacheFolder(basename(blend.place)));
  const beside = posix.dirname(own);
  const name = cacheFolder(posix.basename(own));
  tree.placeAt(beside === '.' ? name : `${beside}/${name}`, folder, blend.cacheFiles);
}

function placeReference(found: FoundReference, blend: CollectedBlend, own: string, tree: Tree): Rewrite[] {
  const { reference, folder, files, last } = found;
  if (folder === null || files.length === 0) return [];
  const at = tree.place(`${reference.shape} ${last}`, folder, files);
  const name = reference.shape === 'tiles' ? safePattern(last) : last === '' ? '' : safeName(last);
  const target = posix.join('/', at, name);
  const rewrites: Rewrite[] = [];
  if (whereItLeads(reference.path, own) !== target) {
    const text = writtenFrom(own, target, reference.shape === 'named');
    rewrites.push({ field: reference.field, text });
  }
  for (const one of reference.named) {
    const safe = safeName(one.name);
    if (safe !== one.name && files.includes(one.name)) rewrites.push({ field: one.field, text: safe });
  }
  for (const { field, text } of rewrites)
    if (field.lengthAt === null && Buffer.byteLength(text) >= field.room)
      throw new FarmError('scene.path-too-long', {
        path: text,
        what: `${reference.kind} "${reference.name}"`,
        blend: blend.place,
      });
  return rewrites;
}

/** Where a path in a .blend that lies at `own` leads inside the tree; null if it leaves the tree or was never in it. */
function whereItLeads(written: string, own: string): string | null {
  if (!written.startsWith('//')) return null;
  const path = posix.normalize(posix.join(posix.dirname(own), relativePart(written)));
  if (path === '..' || path.startsWith('../')) return null;
  return posix.join('/', path.replace(/\/$/, ''));
}

function writtenFrom(own: string, target: string, isFolder: boolean): string {
  const way = posix.relative(posix.join('/', posix.dirname(own)), target);
  return `//${way}${isFolder && way !== '' ? '/' : ''}`;
}
