import { existsSync, lstatSync, readlinkSync } from 'node:fs';
import { ancestors, graphicsFolders, systemFiles, systemFolders } from '../view.ts';
import type { Room, RoomPlan } from './room.ts';

export interface BubblewrapOptions {
  /** Absolute path of `bwrap`. */
  readonly program: string;
  /**
   * True: a user namespace, as it must be for anybody but root. False: for root, which leaves the three capabilities
   * that the command's own dropping of its user takes, and takes along.
   */
  readonly userNamespace: boolean;
}

const toDropUser = ['CAP_SETUID', 'CAP_SETGID', 'CAP_SETPCAP'];

/** A room of bubblewrap (0.5 or newer, for `--perms`): namespaces for everything, and a root of its own. */
export function bubblewrapRoom({ program, userNamespace }: BubblewrapOptions): Room {
  const rights = userNamespace
    ? ['--unshare-user', '--cap-drop', 'ALL']
    : ['--cap-drop', 'ALL', ...toDropUser.flatMap((name) => ['--cap-add', name])];
  return (plan) => [
    program,
    ...['--unshare-ipc', '--unshare-pid', '--unshare-net', '--unshare-uts', '--unshare-cgroup-try'],
    ...['--die-with-parent', '--new-session', '--hostname', 'akashganga'],
    ...rights,
    ...systemFolders.flatMap(showSystemFolder),
    ...own(plan),
    ...['--chdir', plan.folder, '--'],
  ];
}

function own({ view, temporaryBytes }: RoomPlan): string[] {
  const size = ['--size', String(temporaryBytes)];
  const seen = [...systemFiles, ...view.read];
  const graphics = view.devices.length > 0 ? graphicsFolders : [];
  return [
    ...['--proc', '/proc', '--dev', '/dev'],
    ...[...size, '--perms', '1777', '--tmpfs', '/dev/shm', ...size, '--perms', '1777', '--tmpfs', '/tmp'],
    ...foldersAbove([...seen, ...view.write, ...graphics]),
    ...[...seen, ...graphics].flatMap((path) => ['--ro-bind-try', path, path]),
    ...view.write.flatMap((path) => ['--bind', path, path]),
    ...view.devices.flatMap((path) => ['--dev-bind-try', path, path]),
    ...['--remount-ro', '/dev', '--remount-ro', '/'],
  ];
}

/** bubblewrap makes them for root's eyes only, and the command is not root. */
function foldersAbove(paths: readonly string[]): string[] {
  const above = new Set(paths.filter((path) => existsSync(path)).flatMap(ancestors));
  for (const folder of ['/tmp', ...systemFolders]) above.delete(folder);
  const made = [...above].filter(
    (folder) => !systemFolders.some((system) => folder.startsWith(`${system}/`)),
  );
  return made.flatMap((folder) => ['--perms', '0755', '--dir', folder]);
}

function showSystemFolder(path: string): string[] {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (!found) return [];
  return found.isSymbolicLink() ? ['--symlink', readlinkSync(path), path] : ['--ro-bind', path, path];
}
