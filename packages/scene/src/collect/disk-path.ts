import { posix, win32 } from 'node:path';

export interface Disk {
  /** As in `process.platform`: what is an absolute path depends on it. */
  readonly platform: NodeJS.Platform;
  /** The folder that no tree reaches above, as `/home/me`. */
  readonly home: string;
}

/** Whether Blender resolves this path from the .blend it stands in. */
export function isRelative(written: string): boolean {
  return written.startsWith('//') || !isAbsolute(written);
}

function isAbsolute(written: string): boolean {
  return written.startsWith('/') || written.startsWith('\\') || /^[a-z]:[\\/]/i.test(written);
}

/** The part after `//`, with slashes of one kind. */
export function relativePart(written: string): string {
  const rest = written.startsWith('//') ? written.slice(2) : written;
  return rest.replaceAll('\\', '/');
}

/**
 * Where a path of a .blend in `folder` leads on this computer, as Blender has it: `//` is the .blend's folder, elsewhere
 * than on Windows `C:\x` is `/c/x`, and `..` behind a symbolic link is left to the system. A path that is neither
 * relative nor absolute depends on where Blender was started; here it is looked for beside the .blend.
 */
export function diskPath(written: string, folder: string, { platform }: Pick<Disk, 'platform'>): string {
  if (isRelative(written)) return `${folder}/${relativePart(written)}`;
  if (platform === 'win32') return win32.normalize(written);
  const drive = /^([a-z]):[\\/]/i.exec(written)?.[1];
  const path = drive ? `/${drive.toLowerCase()}${written.slice(2)}` : written;
  return path.replaceAll('\\', '/');
}

/** Folders that are no root of a tree: those of the whole computer, and those above people's homes. */
export function isTooHigh(folder: string, { home, platform }: Disk): boolean {
  const { dirname, relative } = platform === 'win32' ? win32 : posix;
  if (dirname(folder) === folder) return true;
  const below = relative(folder, home);
  return folder !== home && !below.startsWith('..') && !win32.isAbsolute(below);
}
