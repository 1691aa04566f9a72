import { lstat, realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
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

/**
 * The same for a picture that came beside the frame: below `output`'s folder, in a path that begins with `output`, and
 * reached without a link.
 */
export async function requireExtraFile(file: string, output: string, frame: number): Promise<void> {
  const rest = file.slice(output.length);
  const folder = await realpath(dirname(output));
  const place = await realpath(file).catch(() => null);
  if (!file.startsWith(output) || place !== join(folder, basename(output) + rest)) {
    const cause = new Error(`The driver named ${file} beside ${output}.`);
    throw new FarmError('render.no-file', { frame }, { cause });
  }
  const found = await lstat(file).catch(() => null);
  if (!found?.isFile() || found.size === 0) throw new FarmError('render.no-file', { frame });
}
