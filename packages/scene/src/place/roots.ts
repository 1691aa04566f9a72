import { dirname, relative, sep } from 'node:path';
import type { CollectedBlend, CollectedScene, FoundReference } from '../collect/collect-scene.ts';
import { type Disk, isRelative, isTooHigh } from '../collect/disk-path.ts';

/**
 * Which folders of this computer the tree mirrors. A .blend and all that it reaches by relative paths are below one root,
 * so that those paths stay right; the scene's own comes first. A root never lies above people's homes: what only a
 * longer way up would reach is treated as if its path were absolute.
 */
export function findRoots(scene: CollectedScene, disk: Disk): string[] {
  const rootOf = new Map<string, { folder: string }>();
  const roots: { folder: string }[] = [];
  const rootFor = (blend: CollectedBlend) => {
    const known = rootOf.get(blend.place);
    if (known) return known;
    const root = { folder: dirname(blend.place) };
    roots.push(root);
    rootOf.set(blend.place, root);
    return root;
  };
  for (const blend of scene.blends) {
    const root = rootFor(blend);
    for (const found of blend.references) {
      if (found.folder === null || found.files.length === 0 || !isRelative(found.reference.path)) continue;
      const common = commonFolder(root.folder, found.folder);
      if (common === null || isTooHigh(common, disk)) continue;
      root.folder = common;
      for (const library of librariesAt(found)) if (!rootOf.has(library)) rootOf.set(library, root);
    }
  }
  return [...new Set(roots.map(({ folder }) => folder))];
}

function librariesAt({ reference, folder, files }: FoundReference): string[] {
  return reference.kind === 'library' ? files.map((file) => `${folder}${sep}${file}`) : [];
}

function commonFolder(a: string, b: string): string | null {
  for (let folder = a; ; folder = dirname(folder)) {
    if (isWithin(b, folder)) return folder;
    if (dirname(folder) === folder) return null;
  }
}

/** Whether `path` is `folder` or below it. */
export function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && way !== path);
}
