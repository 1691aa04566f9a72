import { existsSync, lstatSync, readlinkSync } from 'node:fs';
import { graphicsFolders, systemFiles, systemFolders } from '../view.ts';
import type { Room, RoomPlan } from './room.ts';

/**
 * Builds the root of the room in a mount namespace that only the room has, and goes there. Arguments: the place, the
 * size of /tmp, the folder to start in, then `read|write|link PATH` and for links their target, `--`, the command.
 * A device is bound like a file; chroot is enough because the command cannot become root again.
 */
const build = `
set -eu
root=$1; size=$2; folder=$3; shift 3
umask 022
mount -t tmpfs -o size=1m,mode=755 tmpfs "$root"
mkdir "$root/proc" "$root/dev" "$root/tmp"
mount -t proc -o nosuid,nodev,noexec proc "$root/proc"
mount -t tmpfs -o "size=$size,mode=1777,nosuid,nodev" tmpfs "$root/tmp"
while [ "$1" != -- ]; do
  how=$1; path=$2; shift 2
  case $path in */*/*) mkdir -p "$root\${path%/*}";; esac
  if [ "$how" = link ]; then ln -s "$1" "$root$path"; shift; continue; fi
  if [ -d "$path" ]; then mkdir -p "$root$path"; elif [ ! -e "$root$path" ]; then : > "$root$path"; fi
  mount --rbind "$path" "$root$path"
  if [ "$how" = read ]; then mount -o remount,bind,ro "$root$path"; fi
done
shift
mkdir "$root/dev/shm"
mount -t tmpfs -o "size=$size,mode=1777,nosuid,nodev" tmpfs "$root/dev/shm"
for n in 0 1 2; do ln -s "/proc/self/fd/$n" "$root/dev/$(echo stdin stdout stderr | cut -d' ' -f$((n+1)))"; done
ln -s /proc/self/fd "$root/dev/fd"
hostname akashganga 2>/dev/null || true
mount -o remount,bind,ro "$root"
exec chroot "$root" env --chdir="$folder" "$@"
`;

const plainDevices = ['null', 'zero', 'full', 'random', 'urandom'].map((name) => `/dev/${name}`);

/** A room without bubblewrap, of util-linux's `unshare`, `mount` and `chroot`. */
export function unshareRoom({ userNamespace }: { readonly userNamespace: boolean }): Room {
  const user = userNamespace ? ['--user', '--map-root-user'] : [];
  return (plan) => [
    // `unshare` itself has no death signal; what it starts dies with it.
    ...['setpriv', '--pdeathsig', 'KILL', 'unshare', ...user],
    ...['--mount', '--net', '--pid', '--ipc', '--uts', '--fork', '--kill-child=KILL'],
    ...['/bin/sh', '-c', build, 'room', plan.place, String(plan.temporaryBytes), plan.folder],
    ...parts(plan),
    '--',
  ];
}

function parts({ view }: RoomPlan): string[] {
  const graphics = view.devices.length > 0 ? graphicsFolders : [];
  const read = [...systemFiles, ...graphics, ...view.read].filter((path) => existsSync(path));
  return [
    ...systemFolders.flatMap(systemFolder),
    ...read.flatMap((path) => ['read', path]),
    ...[...view.write, ...plainDevices, ...view.devices].flatMap((path) => ['write', path]),
  ];
}

function systemFolder(path: string): string[] {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (!found) return [];
  return found.isSymbolicLink() ? ['link', path, readlinkSync(path)] : ['read', path];
}
