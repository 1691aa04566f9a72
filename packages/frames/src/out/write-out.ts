import { constants } from 'node:fs';
import { copyFile, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import { plainName } from '@akashganga/protocol';
import { hashFile } from '@akashganga/storage';
import type { JobShelf } from '../gather/job-shelf.ts';
import { findFiles, type JobFile, type Selection } from '../zip/job-files.ts';
import { closingFiles } from '../zip/zip-of-job.ts';

/** The name of a job's folder: its own, and its id, since two jobs may be called the same. */
export function outName({ title, job }: Pick<Selection, 'title' | 'job'>): string {
  return `${plainName(title)} ${job}`;
}

/**
 * Copies a selection of a job into a folder of its own below `out`, with `SHA256SUMS` as `sha256sum -c` reads it, and
 * `MISSING.txt` if something is not there. Each copy is compared with its digest. The folder appears when it is whole and takes
 * the place of an earlier one. Where the file system can, a copy costs no room. Resolves to the folder, or to null when
 * nothing of the job is here any more; throws what the disk says, and the reason of `signal`, and leaves nothing then.
 */
export async function writeOut(
  out: string,
  selection: Selection,
  shelf: JobShelf,
  signal: AbortSignal,
): Promise<string | null> {
  const target = join(out, outName(selection));
  const [part, before] = [join(out, `.${selection.job}.part`), join(out, `.${selection.job}.before`)];
  const found = await findFiles(selection, shelf);
  if (found.count === 0) return null;
  const { sumOf, closing } = closingFiles(selection.title, found.missing);
  const [sums, lost]: [string[], string[]] = [[], []];
  try {
    await rm(part, { recursive: true, force: true });
    await mkdir(part, { recursive: true });
    for await (const file of found.files()) {
      signal.throwIfAborted();
      const why = await copy(file, part);
      if (why === null) sums.push(sumOf(file));
      else lost.push(`${file.name}: ${why}`);
    }
    for (const { name, bytes } of closing(sums, lost)) await writeFile(join(part, basename(name)), bytes);
    await rm(before, { recursive: true, force: true });
    await rename(target, before).catch(unlessMissing);
    await rename(part, target);
    await rm(before, { recursive: true, force: true });
    return target;
  } finally {
    await rm(part, { recursive: true, force: true });
  }
}

// Why it is not there, if it cannot be. What the disk says of the copy is thrown.
async function copy({ path, name, digest }: JobFile, folder: string): Promise<string | null> {
  const target = join(folder, name);
  if (!target.startsWith(folder + sep)) throw new Error(`${name} leads elsewhere`);
  await mkdir(dirname(target), { recursive: true });
  const isThere = await copyFile(path, target, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL).then(
    () => true,
    (error: NodeJS.ErrnoException) => unlessMissing(error) ?? false,
  );
  if (!isThere) return 'its file is gone';
  if ((await hashFile(target)).digest === digest) return null;
  await rm(target);
  return 'its file is damaged';
}

function unlessMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
