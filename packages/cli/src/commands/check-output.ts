import { randomUUID } from 'node:crypto';
import { rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { FarmError } from '@akashganga/protocol';
import { makeFolder } from '@akashganga/storage';

/** Makes sure, before anything renders, that the film can be written there. Returns the absolute path. */
export async function checkOutput(output: string): Promise<string> {
  const path = resolve(output);
  const folder = dirname(path);
  const found = await stat(folder).catch(() => null);
  if (!found)
    throw new FarmError('output.not-writable', { path: output, why: `there is no folder ${folder}` });
  if (!found.isDirectory())
    throw new FarmError('output.not-writable', { path: output, why: `${folder} is not a folder` });
  if ((await stat(path).catch(() => null))?.isDirectory())
    throw new FarmError('output.not-writable', { path: output, why: 'it is a folder; name a file in it' });
  await tryToWrite(folder, output);
  return path;
}

/** Makes the folder for the frames, and makes sure that they can be written into it. Returns the absolute path. */
export async function checkFolder(folder: string): Promise<string> {
  const path = resolve(folder);
  await makeFolder(path).catch((cause: NodeJS.ErrnoException) => {
    throw new FarmError('output.not-writable', { path: folder, why: whyNot(cause) }, { cause });
  });
  await tryToWrite(path, folder);
  return path;
}

// Permissions do not tell: root has all of them and still cannot write to /proc or to a disk that is full.
async function tryToWrite(folder: string, asked: string): Promise<void> {
  const trial = join(folder, `.akashganga-${randomUUID()}.part`);
  try {
    await writeFile(trial, 'x', { flag: 'wx' });
  } catch (cause) {
    const why = whyNot(cause as NodeJS.ErrnoException);
    throw new FarmError('output.not-writable', { path: asked, why }, { cause });
  } finally {
    await rm(trial, { force: true }).catch(() => undefined);
  }
}

function whyNot({ code, message }: NodeJS.ErrnoException): string {
  const known: Record<string, string> = {
    EROFS: 'the disk is read-only',
    EACCES: 'you may not write there',
    EPERM: 'you may not write there',
    ENOSPC: 'the disk is full',
    EDQUOT: 'your share of the disk is full',
    ENOTDIR: 'a part of the path is a file',
    EEXIST: 'it is a file',
    ENOENT: 'the system lets nobody write there',
  };
  return known[code ?? ''] ?? message;
}
