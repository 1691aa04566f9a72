import type { MissingFile } from '@akashganga/protocol';
import type { SceneFile } from './scene-files.ts';

/** A scene with files added: where its .blend lies now, and what was asked for and not found among them. */
export interface Mended {
  readonly files: readonly SceneFile[];
  readonly entry: string;
  readonly missing: readonly MissingFile[];
}

/**
 * Puts dropped files where the scene looks for them: the one whose path ends most like the missing one's. A path
 * that leads above the scene's folder moves the scene down, into folders called `up`.
 */
export function placeMissing(
  scene: { readonly files: readonly SceneFile[]; readonly entry: string },
  missing: readonly MissingFile[],
  dropped: readonly SceneFile[],
): Mended {
  let { files, entry } = { files: [...scene.files], entry: scene.entry };
  const left: MissingFile[] = [];
  for (const one of missing) {
    const found = bestMatch(one.path, dropped);
    if (!found || !one.path.startsWith('//')) {
      left.push(one);
      continue;
    }
    for (let place = placeOf(entry, one.path); ; place = placeOf(entry, one.path)) {
      if (place !== null) {
        files = [...files.filter(({ path }) => path !== place), { path: place, file: found.file }];
        break;
      }
      files = files.map(({ path, file }) => ({ path: `up/${path}`, file }));
      entry = `up/${entry}`;
    }
  }
  return { files, entry, missing: left };
}

/** Where a path such as `//../t/a.png` lies in the scene, or null when that is above its top. */
function placeOf(entry: string, path: string): string | null {
  const parts = entry.split('/').slice(0, -1);
  for (const part of path.slice(2).split(/[\\/]+/)) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return null;
  }
  return parts.join('/');
}

function bestMatch(path: string, dropped: readonly SceneFile[]): SceneFile | null {
  const wanted = partsFromEnd(path);
  let best: SceneFile | null = null;
  let most = 0;
  for (const file of dropped) {
    const has = partsFromEnd(file.path);
    let same = 0;
    while (same < wanted.length && wanted[same] === has[same]) same += 1;
    if (same > most) [best, most] = [file, same];
  }
  return best;
}

function partsFromEnd(path: string): string[] {
  return path
    .toLowerCase()
    .normalize('NFC')
    .split(/[\\/]+/)
    .filter((part) => part !== '' && part !== '..')
    .reverse();
}
