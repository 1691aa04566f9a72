import { lstat } from 'node:fs/promises';
import { FarmError } from '@akashganga/protocol';

const extension = /^\.[a-z0-9]{1,8}$/;

/**
 * Resolves when `file` is what was asked for: `output` with an extension, a plain file, not empty. The name comes from a
 * process that has opened a stranger's scene, and what it names leaves this computer: so no other name and no link.
 */
export async function requireFrameFile(file: string, output: string, frame: number): Promise<void> {
  if (!file.startsWith(output) || !extension.test(file.slice(output.length))) {
    const cause = new Error(`The driver named ${file} when asked for ${output}.`);
    throw new FarmError('render.no-file', { frame }, { cause });
  }
  const found = await lstat(file).catch(() => null);
  if (!found?.isFile() || found.size === 0) throw new FarmError('render.no-file', { frame });
}
