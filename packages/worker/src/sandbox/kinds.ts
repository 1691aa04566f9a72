import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { SandboxReport } from '@akashganga/protocol';
import { bubblewrapRoom } from './rooms/bubblewrap.ts';
import type { Room } from './rooms/room.ts';
import { unshareRoom } from './rooms/unshare.ts';

/** One way to enclose Blender. */
export interface Kind {
  readonly kind: SandboxReport['kind'];
  readonly closed: boolean;
  readonly room: Room | null;
  readonly rights: { readonly dropsUser: boolean } | null;
}

/**
 * What could work here, the best first; which does is found by trying. Root makes namespaces without a user namespace
 * and gives Blender another user. Everybody else needs a user namespace, which many containers and some distributions
 * forbid; root in a container may be forbidden the other way and allowed this one.
 */
export async function kindsToTry(path: string): Promise<Kind[]> {
  if (process.platform !== 'linux') return [];
  const [bwrap, unshare, setpriv] = await Promise.all(
    ['bwrap', 'unshare', 'setpriv'].map((name) => findProgram(name, path)),
  );
  const isRoot = process.getuid?.() === 0;
  const kinds: Kind[] = [];
  for (const dropsUser of isRoot ? [true, false] : [false]) {
    const rights = { dropsUser };
    const userNamespace = !dropsUser;
    if (bwrap && setpriv)
      kinds.push({
        kind: 'bubblewrap',
        closed: true,
        room: bubblewrapRoom({ program: bwrap, userNamespace }),
        rights,
      });
    if (unshare && setpriv)
      kinds.push({ kind: 'unshare', closed: true, room: unshareRoom({ userNamespace }), rights });
  }
  if (isRoot && setpriv) kinds.push({ kind: 'user', closed: false, room: null, rights: { dropsUser: true } });
  if (setpriv) kinds.push({ kind: 'limits', closed: false, room: null, rights: { dropsUser: false } });
  return kinds;
}

async function findProgram(name: string, path: string): Promise<string | null> {
  for (const folder of path.split(delimiter).filter(Boolean)) {
    const found = join(folder, name);
    const runs = await access(found, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (runs) return found;
  }
  return null;
}
