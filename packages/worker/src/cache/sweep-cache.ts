import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { FileStore } from './file-store.ts';

interface Found {
  readonly path: string;
  readonly size: number;
  readonly usedAt: number;
  readonly links: number;
}

export interface SweepOptions {
  readonly store: FileStore;
  /** Where manifests are placed, a folder each. */
  readonly placedFolder: string;
  readonly isHeld: (folder: string) => boolean;
  /** Go on until no more than these bytes are kept, or nothing is left that may go. */
  readonly target: number;
}

/** Bytes of all that is stored and placed; what is hard linked counts once. */
export async function cacheSize(store: FileStore, placedFolder: string): Promise<number> {
  const stored = await filesBelow(store.folder);
  const placed = await filesBelow(placedFolder);
  return sum(stored) + sum(placed.filter(({ links }) => links === 1));
}

/**
 * Makes room: first files that no placed folder shows any more, then the folders that were not used for the
 * longest time with what only they need. What is held stays. The caller sees to it that nothing is being
 * fetched meanwhile. Returns the bytes that are left. Where files are copied and not linked, a stored file is
 * always spare: the copies are what is used.
 */
export async function sweepCache(options: SweepOptions): Promise<number> {
  const { store, placedFolder, isHeld, target } = options;
  let left = await cacheSize(store, placedFolder);
  left -= await dropSpare(store, left - target);
  for (const folder of await placedByUse(placedFolder)) {
    if (left <= target) break;
    if (isHeld(folder)) continue;
    const own = sum((await filesBelow(folder)).filter(({ links }) => links === 1));
    await rm(folder, { recursive: true, force: true });
    left -= own;
    left -= await dropSpare(store, left - target);
  }
  return left;
}

/** Deletes stored files that no folder shows, the least recently used first, until `wanted` bytes are free. */
async function dropSpare(store: FileStore, wanted: number): Promise<number> {
  if (wanted <= 0) return 0;
  const spare = (await filesBelow(store.folder))
    .filter(({ path, links }) => links === 1 && !path.endsWith('.chunks'))
    .sort((a, b) => a.usedAt - b.usedAt);
  let freed = 0;
  for (const { path, size } of spare) {
    if (freed >= wanted) break;
    await store.delete(path);
    freed += size;
  }
  return freed;
}

async function placedByUse(placedFolder: string): Promise<string[]> {
  const found: { path: string; usedAt: number }[] = [];
  for (const name of await readdir(placedFolder).catch(() => [])) {
    const path = join(placedFolder, name);
    const stats = await stat(path).catch(() => null);
    if (stats) found.push({ path, usedAt: stats.mtimeMs });
  }
  return found.sort((a, b) => a.usedAt - b.usedAt).map(({ path }) => path);
}

async function filesBelow(folder: string): Promise<Found[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const found: Found[] = [];
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const stats = await stat(path).catch(() => null);
    // What is allocated: a file that is being put together has holes.
    if (stats) found.push({ path, size: stats.blocks * 512, usedAt: stats.mtimeMs, links: stats.nlink });
  }
  return found;
}

function sum(files: readonly Found[]): number {
  return files.reduce((all, { size }) => all + size, 0);
}
