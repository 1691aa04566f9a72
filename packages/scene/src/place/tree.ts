import { join, relative, sep } from 'node:path';
import { ScenePath } from '@akashganga/protocol';
import { isWithin } from './roots.ts';
import { safePath } from './safe-name.ts';

/**
 * The tree in which a scene travels: the first root as it is, every other folder of this computer as `outside/1`,
 * `outside/2`, …, so that their names stay at home. No two paths differ only in case or in how an accent is written, and
 * all are safe on every platform.
 */
export class Tree {
  /** Places on this computer by path in the tree. */
  readonly #files = new Map<string, string>();
  /** The same as a file system sees them that knows no case. */
  readonly #folded = new Map<string, string>();
  readonly #foldedFolders = new Set<string>();
  readonly #roots: { readonly folder: string; readonly at: string }[] = [];
  readonly #together = new Map<string, string>();
  readonly #outside: string;
  #drawn = 0;

  /** `isTaken` says whether the scene's own root has something of this name. */
  constructor(roots: readonly string[], isTaken: (name: string) => boolean) {
    this.#outside = isTaken('outside') ? 'outside-the-scene' : 'outside';
    for (const [index, folder] of roots.entries())
      this.#roots.push({ folder, at: index === 0 ? '' : this.#draw() });
  }

  /** Places on this computer by path in the tree. */
  get files(): ReadonlyMap<string, string> {
    return this.#files;
  }

  /**
   * Places files that have to stay together: `files` are paths from `folder`, `key` is the same for the same files. Returns
   * their folder in the tree, '' for its top. They go where their folder goes, or, if something else has one of the
   * names there, into a folder of their own.
   */
  place(key: string, folder: string, files: readonly string[]): string {
    const known = this.#together.get(`${folder}\0${key}`);
    const usual = known ?? this.#treeFolder(folder);
    const at = this.#fits(usual, folder, files) ? usual : this.#draw();
    this.placeAt(at, folder, files);
    this.#together.set(`${folder}\0${key}`, at);
    return at;
  }

  /** Places files in a folder of the tree that is given. */
  placeAt(at: string, folder: string, files: readonly string[]): void {
    for (const file of files) {
      const path = inTree(at, file);
      this.#files.set(path, join(folder, file));
      this.#folded.set(fold(path), path);
      for (const above of foldersOf(fold(path))) this.#foldedFolders.add(above);
    }
  }

  #fits(at: string, folder: string, files: readonly string[]): boolean {
    return files.every((file) => {
      const path = inTree(at, file);
      const folded = fold(path);
      const there = this.#folded.get(folded);
      if (there !== undefined) return there === path && this.#files.get(path) === join(folder, file);
      const isFree =
        !this.#foldedFolders.has(folded) && !foldersOf(folded).some((one) => this.#folded.has(one));
      return isFree && ScenePath.safeParse(path).success;
    });
  }

  #treeFolder(folder: string): string {
    const [first] = this.#roots;
    const around = this.#roots.filter((root) => isWithin(folder, root.folder));
    const nearest = around.sort((a, b) => b.folder.length - a.folder.length)[0];
    const root = first && around.includes(first) ? first : nearest;
    if (!root) {
      const at = this.#draw();
      this.#roots.push({ folder, at });
      return at;
    }
    const below = relative(root.folder, folder).split(sep).join('/');
    return below === '' ? root.at : inTree(root.at, below);
  }

  #draw(): string {
    this.#drawn += 1;
    return `${this.#outside}/${this.#drawn}`;
  }
}

/** The path in the tree of a file, given as a path from its folder. */
export function inTree(at: string, file: string): string {
  const safe = safePath(file.split(sep).join('/'));
  return at === '' ? safe : `${at}/${safe}`;
}

function fold(path: string): string {
  return path.toLowerCase().normalize('NFC');
}

function foldersOf(path: string): string[] {
  const parts = path.split('/');
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'));
}
