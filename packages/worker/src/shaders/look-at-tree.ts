import { lstat, opendir } from 'node:fs/promises';
import { join } from 'node:path';

export interface TreeBounds {
  readonly bytes: number;
  /** Files and folders. */
  readonly entries: number;
  /** Folders within folders. */
  readonly depth: number;
}

/** Whether a folder holds nothing but folders and plain files with one name, and no more than this. Follows no link. */
export async function lookAtTree(folder: string, bounds: TreeBounds): Promise<boolean> {
  const waiting = [{ path: folder, depth: 0 }];
  const left = { bytes: bounds.bytes, entries: bounds.entries };
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    if (next.depth > bounds.depth) return false;
    for await (const { name } of await opendir(next.path)) {
      const path = join(next.path, name);
      const found = await lstat(path);
      left.entries -= 1;
      if (found.isDirectory()) waiting.push({ path, depth: next.depth + 1 });
      else if (found.isFile() && found.nlink === 1) left.bytes -= found.size;
      else return false;
      if (left.entries < 0 || left.bytes < 0) return false;
    }
  }
  return true;
}
