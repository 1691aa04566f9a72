import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** More folders than any scene has; what is forgotten is asked for again. */
const MOST_FOLDERS = 10_000;
const MOST_FILES = 1_000_000;

/**
 * Looks for files, each folder once. A file's place is its own name in the true path of its folder: a folder reached
 * through symbolic links, or written in another case, is the same folder, and a link to a file stays a file of that name.
 */
export class DiskLook {
  readonly #folders = new Map<string, Promise<string | null>>();
  readonly #names = new Map<string, Promise<readonly string[]>>();

  /** The place a path leads to, whether or not something is there; null if its folder is not there. */
  async place(path: string): Promise<string | null> {
    const clean = path.replace(/[\\/]+$/, '') || path;
    const name = basename(clean);
    if (name === '' || name === '.' || name === '..') return this.folder(clean);
    const folder = await this.folder(dirname(clean));
    return folder === null ? null : join(folder, name);
  }

  /** The true path of a folder, or null. */
  folder(path: string): Promise<string | null> {
    return this.#remembered(this.#folders, path, () => realpath(path).catch(() => null));
  }

  async isFile(path: string): Promise<boolean> {
    return (await stat(path).catch(() => null))?.isFile() ?? false;
  }

  /** The names in a folder, sorted; none if it is not there. */
  names(folder: string): Promise<readonly string[]> {
    return this.#remembered(this.#names, folder, async () => {
      const names = await readdir(folder).catch(() => []);
      return names.sort();
    });
  }

  /** All files in a folder and below, as paths from it. A folder that links lead to again is gone into once. */
  async filesBelow(folder: string): Promise<readonly string[]> {
    const found: string[] = [];
    const seen = new Set<string>();
    const walk = async (below: string): Promise<void> => {
      const here = await realpath(join(folder, below)).catch(() => null);
      if (here === null || seen.has(here) || found.length > MOST_FILES) return;
      seen.add(here);
      for (const name of await this.names(here)) {
        const path = below === '' ? name : `${below}/${name}`;
        const one = await stat(join(folder, path)).catch(() => null);
        if (one?.isFile()) found.push(path);
        if (one?.isDirectory()) await walk(path);
      }
    };
    await walk('');
    return found;
  }

  #remembered<T>(map: Map<string, Promise<T>>, key: string, ask: () => Promise<T>): Promise<T> {
    const known = map.get(key);
    if (known) return known;
    if (map.size >= MOST_FOLDERS) map.clear();
    const asked = ask();
    map.set(key, asked);
    return asked;
  }
}
