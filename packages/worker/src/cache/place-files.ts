import { constants, copyFile, link, mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { FarmError, type Manifest } from '@akashganga/protocol';
import { eachOf, syncFolder } from '@akashganga/storage';
import type { FileStore } from './file-store.ts';

const LANES = 8;

/**
 * Places the files of a manifest, all of which the store holds, read-only in `folder`. The folder appears
 * under its name when everything is in it. A file is a reflink where the file system has them, else a hard
 * link, else a copy. Throws `manifest.invalid`.
 */
export async function placeFiles(store: FileStore, manifest: Manifest, folder: string): Promise<void> {
  const partial = `${folder}.part`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true });
  const folders = new Set([partial]);
  const put = placer();
  for (const { path } of manifest.files) {
    const parent = dirname(inside(partial, path));
    if (folders.has(parent)) continue;
    await mkdir(parent, { recursive: true });
    folders.add(parent);
  }
  await eachOf(manifest.files, LANES, (file) => put(store.path(file), inside(partial, file.path)));
  for (const one of folders) await syncFolder(one);
  await rename(partial, folder);
  await syncFolder(dirname(folder));
}

// The manifest's schema refuses such paths; this is the second lock on the same door.
function inside(root: string, path: string): string {
  const found = resolve(root, path);
  if (!found.startsWith(resolve(root) + sep) || found !== join(root, path))
    throw new FarmError('manifest.invalid', { why: 'a path leaves the scene' });
  return found;
}

/** Tries the cheapest way first and stays with the one that works. Nothing that is there is written over. */
function placer(): (from: string, to: string) => Promise<void> {
  const { COPYFILE_EXCL, COPYFILE_FICLONE_FORCE } = constants;
  const ways = [
    (from: string, to: string) => copyFile(from, to, COPYFILE_EXCL | COPYFILE_FICLONE_FORCE),
    (from: string, to: string) => link(from, to),
    (from: string, to: string) => copyFile(from, to, COPYFILE_EXCL),
  ];
  let way = 0;
  return async (from, to) => {
    for (let tried = way; ; tried += 1) {
      try {
        await ways[tried]?.(from, to);
        way = Math.max(way, tried);
        return;
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === 'EEXIST')
          throw new FarmError('manifest.invalid', { why: 'two paths are one here' }, { cause: error });
        if (tried === ways.length - 1) throw error;
      }
    }
  };
}
