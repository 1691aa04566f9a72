import type { SceneFile } from './scene-files.ts';

/**
 * What was dropped, folders with all that is in them. The items of a drop are gone after the event, so this
 * has to be called while it is handled.
 */
export function readDrop(transfer: DataTransfer): Promise<SceneFile[]> {
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  if (entries.length === 0) return Promise.resolve(readPicked(transfer.files));
  return Promise.all(entries.map(readEntry)).then((found) => found.flat());
}

/** What was picked in a dialogue; a folder's files know their place in it. */
export function readPicked(files: Iterable<File>): SceneFile[] {
  return [...files].map((file) => ({ path: file.webkitRelativePath || file.name, file }));
}

async function readEntry(entry: FileSystemEntry): Promise<SceneFile[]> {
  const path = entry.fullPath.replace(/^\/+/, '');
  if (isFile(entry)) {
    const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject));
    return [{ path, file }];
  }
  if (!isFolder(entry)) return [];
  const found: SceneFile[] = [];
  for (const child of await childrenOf(entry)) found.push(...(await readEntry(child)));
  return found;
}

// A reader hands out a hundred entries at a time, and none when it is at the end.
async function childrenOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const children: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return children;
    children.push(...some);
  }
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}
