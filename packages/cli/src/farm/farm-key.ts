import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FarmError } from '@akashganga/protocol';
import { makeFolder } from '@akashganga/storage';

/** The key of the farm whose data is in `data`: 256 random bits, readable by the owner only, made at first use. */
export async function ownKey(data: string): Promise<string> {
  const path = join(data, 'key');
  try {
    await makeFolder(data);
    await writeFile(path, randomBytes(32).toString('base64url'), { flag: 'wx', mode: 0o600 });
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code !== 'EEXIST')
      throw new FarmError('machine.data-not-writable', { folder: data, why: message }, { cause });
  }
  return (await readFile(path, 'utf8')).trim();
}
