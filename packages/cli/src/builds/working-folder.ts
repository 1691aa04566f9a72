import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '@akashganga/storage';

/**
 * A folder for a while below the data folder, where there is room. What commands that were killed left behind is
 * deleted, those of `isAlive` processes never.
 */
export async function workingFolder(
  data: string,
  isAlive: (pid: number) => boolean,
): Promise<{ readonly path: string; [Symbol.asyncDispose](): Promise<void> }> {
  const place = join(data, 'unpacking');
  await makeFolder(data);
  await mkdir(place, { recursive: true });
  for (const name of await readdir(place))
    if (!isAlive(Number(name.split('-')[0]))) await rm(join(place, name), { recursive: true, force: true });
  const path = await mkdtemp(join(place, `${process.pid}-`));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}
