import { constants } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { FarmError } from '@akashganga/protocol';

/**
 * Moves a file that Blender has written out of Blender's reach, and only then looks at it: what is looked at first can
 * be exchanged before it is moved. It has to be a plain file with one name; a link, a folder, a pipe or a device is
 * removed and refused with `render.no-file`. `to` is on the same disk, in a folder that Blender does not see. The file
 * then belongs to the worker's user alone.
 */
export async function takeFile(from: string, to: string, frame: number): Promise<void> {
  await rename(from, to);
  try {
    const file = await open(to, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const found = await file.stat();
      if (!found.isFile() || found.nlink !== 1) throw new Error('It is not a plain file of its own.');
      const user = process.getuid?.() ?? found.uid;
      if (found.uid !== user) await file.chown(user, process.getgid?.() ?? found.gid);
      await file.chmod(0o644);
    } finally {
      await file.close();
    }
  } catch (cause) {
    await rm(to, { recursive: true, force: true });
    throw new FarmError('render.no-file', { frame }, { cause });
  }
}
