import { readdirSync, readlinkSync, type Stats, statSync } from 'node:fs';
import { lstat, opendir } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';

export interface FolderUse {
  /** Bytes on the disk, holes not counted. */
  readonly bytes: number;
  readonly entries: number;
}

/**
 * What folders that belong to Blender take on the disk. Stops counting beyond `most`, because a scene may make files
 * without end, and follows no link. What vanishes while it is counted takes nothing.
 */
export async function folderUse(folders: readonly string[], most: FolderUse): Promise<FolderUse> {
  const use = { bytes: 0, entries: 0 };
  const waiting = [...folders];
  const isOver = () => use.bytes > most.bytes || use.entries > most.entries;
  for (let folder = waiting.pop(); folder !== undefined && !isOver(); folder = waiting.pop()) {
    try {
      for await (const entry of await opendir(folder)) {
        use.entries += 1;
        const path = join(folder, entry.name);
        if (entry.isDirectory()) waiting.push(path);
        else use.bytes += bytesOf(await lstat(path).catch(() => null));
        if (isOver()) break;
      }
    } catch {
      // It vanished, or Blender's user closed it; what is in it is then counted as nothing until it is opened again.
    }
  }
  return use;
}

/** After so many descriptors the worker does other things: a scene may open files without end. */
const AT_ONCE = 500;

/** Bytes of files that were deleted and are still open in these processes: they take room and have no name. */
export async function deletedUse(pids: readonly number[]): Promise<number> {
  const found = new Map<string, number>();
  let looked = 0;
  for (const pid of pids)
    for (const descriptor of descriptorsOf(pid)) {
      const file = deletedFile(descriptor);
      if (file) found.set(`${file.dev}:${file.ino}`, bytesOf(file));
      looked += 1;
      if (looked % AT_ONCE === 0) await setImmediate();
    }
  return [...found.values()].reduce((sum, bytes) => sum + bytes, 0);
}

function descriptorsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((name) => `/proc/${pid}/fd/${name}`);
  } catch {
    return [];
  }
}

// The kernel's own word for it comes first: no disk is asked for the files that are still there.
function deletedFile(descriptor: string): Stats | null {
  try {
    if (!readlinkSync(descriptor).endsWith(' (deleted)')) return null;
    const file = statSync(descriptor);
    return file.isFile() && file.nlink === 0 ? file : null;
  } catch {
    return null;
  }
}

const blockBytes = 512;

function bytesOf(file: { readonly blocks: number } | null): number {
  return (file?.blocks ?? 0) * blockBytes;
}
