import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Makes a folder and those above it. Unlike `mkdir` with `recursive` it ends where a file system refuses
 * new folders with ENOENT, as /proc does: there Node 20 asks again for ever.
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && (await stat(path)).isDirectory()) return;
    if (code !== 'ENOENT') throw error;
    // Somebody else may have made it since: then this one is made all the same.
    if (!(await isFolder(dirname(path)))) await makeFolder(dirname(path));
    await mkdir(path).catch(throwUnlessThere);
  }
}

// Another process may have been quicker.
function throwUnlessThere(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}

async function isFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  return found?.isDirectory() ?? false;
}
