import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export interface CgroupPlace {
  readonly version: 1 | 2;
  /** What groups below this folder can bound. */
  readonly controllers: readonly ('memory' | 'pids')[];
  /** The folder in which a group can be made, if the worker may. */
  readonly folder: string;
}

interface Mount {
  readonly kind: 'cgroup' | 'cgroup2';
  readonly root: string;
  readonly at: string;
  readonly options: readonly string[];
}

/**
 * Where groups could be made, from `/proc/self/cgroup` and `/proc/self/mountinfo`. Version 1: below the worker's own
 * group in each hierarchy. Version 2: a group with processes cannot hand its controllers down, so it is the worker's
 * own group and every one above it, the nearest first, that might; whether one does is in its `cgroup.subtree_control`.
 */
export function cgroupPlaces(own: string, mountinfo: string): CgroupPlace[] {
  const mounts = mountinfo.split('\n').map(parseMount);
  return own.split('\n').flatMap((line) => {
    const [, names = '', path = ''] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (path === '') return [];
    if (names === '') return placesOfVersion2(mounts, path);
    const controllers = (['memory', 'pids'] as const).filter((name) => names.split(',').includes(name));
    return controllers.flatMap((name) => {
      const mount = mounts.find((one) => one?.kind === 'cgroup' && one.options.includes(name));
      const folder = mount && below(mount, path);
      return folder ? [{ version: 1 as const, controllers: [name], folder }] : [];
    });
  });
}

function placesOfVersion2(mounts: readonly (Mount | null)[], path: string): CgroupPlace[] {
  const mount = mounts.find((one) => one?.kind === 'cgroup2');
  const own = mount && below(mount, path);
  if (!mount || !own) return [];
  const found: CgroupPlace[] = [];
  for (let folder = own; folder.startsWith(mount.at); folder = dirname(folder)) {
    found.push({ version: 2, controllers: ['memory', 'pids'], folder });
    if (folder === dirname(folder)) break;
  }
  return found;
}

/** Null when the worker's group is not below what is mounted, as in a container that sees another part of the tree. */
function below(mount: Mount, path: string): string | null {
  if (mount.root === '/') return join(mount.at, path);
  if (path !== mount.root && !path.startsWith(`${mount.root}/`)) return null;
  return join(mount.at, path.slice(mount.root.length));
}

/** `36 35 98:0 /root /at rw,noatime shared:1 - cgroup cgroup rw,memory`, as proc(5) says. */
function parseMount(line: string): Mount | null {
  const [before = '', after = ''] = line.split(' - ');
  const [, , , root = '', at = ''] = before.split(' ');
  const [kind = '', , options = ''] = after.split(' ');
  if (kind !== 'cgroup' && kind !== 'cgroup2') return null;
  return { kind, root, at, options: options.split(',') };
}

export async function readCgroupPlaces(): Promise<CgroupPlace[]> {
  const read = (path: string) => readFile(path, 'utf8').catch(() => '');
  return cgroupPlaces(await read('/proc/self/cgroup'), await read('/proc/self/mountinfo'));
}
