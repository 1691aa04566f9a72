import { access, constants, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { FarmError } from '@akashganga/protocol';

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
  await access(folder, constants.W_OK).catch((cause: NodeJS.ErrnoException) => {
    const why = cause.code === 'EROFS' ? 'the disk is read-only' : 'you may not write there';
    throw new FarmError('output.not-writable', { path: output, why }, { cause });
  });
  return path;
}
