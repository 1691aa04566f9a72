import { realpathSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** What Blender may see of the computer, at the same paths as outside. Everything else is not there. */
export interface View {
  /** Files and folders that can only be read. What does not exist is left out. */
  readonly read: readonly string[];
  readonly write: readonly string[];
  /** Device files of graphics cards. */
  readonly devices: readonly string[];
}

/**
 * What programs of a Linux system are made of. Never the whole of /etc: it has the users, the hosts and often secrets.
 * /lib, /lib64, /bin and /sbin are links into /usr on most systems and folders on some.
 */
export const systemFolders = ['/usr', '/lib', '/lib32', '/lib64', '/bin', '/sbin'] as const;

export const systemFiles = [
  '/etc/alternatives',
  '/etc/fonts',
  '/etc/ld.so.cache',
  '/etc/ld.so.conf',
  '/etc/ld.so.conf.d',
  '/etc/glvnd',
  '/etc/OpenCL',
  '/etc/vulkan',
  '/etc/nix/store',
] as const;

/** What a graphics driver reads to find its card; shown only where there is one. */
export const graphicsFolders = ['/sys/dev/char', '/sys/devices', '/sys/class/drm', '/sys/bus/pci'] as const;

/** The graphics cards' device files of this computer: none on most servers. */
export async function graphicsDevices(): Promise<string[]> {
  const names = await readdir('/dev').catch(() => []);
  return names.filter((name) => /^(nvidia.*|dri|kfd)$/.test(name)).map((name) => join('/dev', name));
}

/** The groups that may use these devices: render, video. A dropped user joins them, and no other. */
export async function groupsOf(devices: readonly string[]): Promise<number[]> {
  const inside = await Promise.all(devices.map(namesIn));
  const groups = [...devices, ...inside.flat()].map(
    (path) => statSync(path, { throwIfNoEntry: false })?.gid ?? 0,
  );
  return [...new Set(groups)].filter((group) => group !== 0);
}

async function namesIn(folder: string): Promise<string[]> {
  const names: string[] = await readdir(folder).catch(() => []);
  return names.map((name) => join(folder, name));
}

/**
 * Where a Blender that is not in /usr has its files: the folder of the program, if that looks like a build (it has a
 * folder named after the version, or `lib`), so that a program in a home shows the program alone and not the home.
 */
export async function buildFolders(blender: string): Promise<string[]> {
  const real = realpathSync(blender);
  if (systemFolders.some((system) => real.startsWith(`${system}/`))) return [];
  const folder = dirname(real);
  const names: string[] = await readdir(folder).catch(() => []);
  const isBuild = names.some((name) => /^\d+\.\d+$/.test(name)) && names.includes(basename(real));
  return [isBuild ? folder : real];
}

/** Every folder above a path, the highest first. */
export function ancestors(path: string): string[] {
  const above: string[] = [];
  for (let folder = dirname(path); folder !== dirname(folder); folder = dirname(folder))
    above.unshift(folder);
  return above;
}
