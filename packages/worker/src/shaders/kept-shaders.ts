import { createHash, randomUUID } from 'node:crypto';
import { cp, mkdir, opendir, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { lookAtTree, type TreeBounds } from './look-at-tree.ts';

/** Where graphics drivers keep compiled shaders, below the home folder: Mesa in the first, NVIDIA in the second. */
const places = ['.cache', '.nv'];

const bounds: TreeBounds = { bytes: 32 * 1024 * 1024, entries: 5000, depth: 6 };
const mostScenes = 16;

/**
 * Shaders that a session had compiled, for later sessions of the same scene. A scene can write whatever it likes there,
 * and a driver runs what it finds: so they are kept for each `scene` by itself, and no scene gets those of another.
 * Failing is no fault here: what is not brought is compiled anew.
 */
export class KeptShaders {
  readonly #folder: string;
  readonly #kept: string;

  /** `folder` may be shared by the slots of a worker; `scene` is all that tells what a session opens, and how. */
  constructor(folder: string, scene: string) {
    this.#folder = folder;
    this.#kept = join(folder, createHash('sha256').update(scene).digest('hex').slice(0, 32));
  }

  /** Copies them into the home folder of a session that has not begun. */
  async bring(home: string): Promise<void> {
    try {
      const now = new Date();
      await utimes(this.#kept, now, now);
      await cp(this.#kept, home, { recursive: true, force: true });
    } catch {
      // There are none yet, or another slot exchanges them at this moment.
    }
  }

  /** Takes them out of the home folder of a session that has ended, unless there are too many or they are no plain files. */
  async keep(home: string): Promise<void> {
    const fresh = join(this.#folder, `new-${randomUUID()}`);
    try {
      await mkdir(fresh, { recursive: true });
      for (const place of places) await rename(join(home, place), join(fresh, place)).catch(() => undefined);
      // Only now: nobody but the worker reaches them any more.
      const isUsable = (await readdir(fresh)).length > 0 && (await lookAtTree(fresh, bounds));
      if (!isUsable) return;
      await rm(this.#kept, { recursive: true, force: true });
      await rename(fresh, this.#kept);
      await this.#forgetOldest();
    } catch {
      // Another slot was quicker.
    } finally {
      await rm(fresh, { recursive: true, force: true }).catch(() => undefined);
    }
  }

  async #forgetOldest(): Promise<void> {
    const found: { path: string; used: number }[] = [];
    for await (const { name } of await opendir(this.#folder)) {
      const path = join(this.#folder, name);
      const used = (await stat(path).catch(() => null))?.mtimeMs;
      if (used !== undefined) found.push({ path, used });
    }
    found.sort((a, b) => b.used - a.used);
    for (const { path } of found.slice(mostScenes)) await rm(path, { recursive: true, force: true });
  }
}
