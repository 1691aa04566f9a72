import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { FarmError } from '@akashganga/protocol';
import { isDiskFull, syncFolder } from '@akashganga/storage';

/**
 * Gives a small file new content at once: a reader sees the old or the new. With `durable` it also
 * survives a power cut, at the cost of two syncs. Throws `disk.full`.
 */
export async function replaceFile(
  path: string,
  content: string | Uint8Array,
  options: { durable?: boolean } = {},
): Promise<void> {
  const folder = dirname(path);
  const temporary = join(folder, `.${basename(path)}.${randomUUID()}.part`);
  await mkdir(folder, { recursive: true });
  try {
    const file = await open(temporary, 'wx', 0o644);
    try {
      await file.writeFile(content);
      if (options.durable) await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw isDiskFull(error) ? new FarmError('disk.full', { folder }, { cause: error }) : error;
  }
  if (options.durable) await syncFolder(folder);
}
