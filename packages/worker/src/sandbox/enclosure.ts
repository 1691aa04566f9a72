import { lchownSync, readdirSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { FarmError } from '@akashganga/protocol';
import type { BlenderCommand, SessionEnclosure } from '../session/index.ts';
import type { CgroupTree, SessionCgroup } from './cgroup/cgroup-tree.ts';
import { type SessionBounds, SessionWatch } from './limits/session-watch.ts';
import { takeRights, userOfSlot } from './rights.ts';
import type { Room } from './rooms/room.ts';
import { steadyAddresses } from './steady-addresses.ts';
import { buildFolders, groupsOf, type View } from './view.ts';

/** One session to be enclosed. All paths are absolute. */
export interface Enclosing {
  readonly slot: number;
  /** Told apart from the slot's other sessions by it; letters, digits and hyphens. */
  readonly name: string;
  /** Blender's private folder, and further ones that it writes to. Made here; removed by whoever chose them. */
  readonly folders: readonly string[];
  /** The scene's folder, the driver's, and the build's if it is not where its program is. */
  readonly read: readonly string[];
  readonly blender: string;
}

/** What all sessions of a worker have in common, chosen once by `openSandbox`. */
export interface Surroundings {
  /** Null: no room, Blender sees what its user sees. */
  readonly room: Room | null;
  /** Null: Blender gets no fewer rights than the worker. */
  readonly rights: { readonly dropsUser: boolean } | null;
  /** Whether Blender's memory lies at the same addresses in each session, so that it finds the shaders of earlier ones. */
  readonly isSteady: boolean;
  readonly cgroups: CgroupTree | null;
  readonly devices: readonly string[];
  readonly read: readonly string[];
  readonly write: readonly string[];
  readonly bounds: SessionBounds;
  /** A folder for rooms to stand in. */
  readonly place: string;
}

/** Made before a session, closed after it. */
export interface Enclosure extends SessionEnclosure {
  /** Lets Blender's user have what the worker has put into one of the folders since the start, before any scene was opened. */
  give(folder: string): void;
  /** Ends what is left of the session and removes its group. Takes no longer than five seconds. */
  close(): Promise<void>;
}

const temporaryBytes = 256 * 1024 * 1024;

export async function enclose(around: Surroundings, one: Enclosing): Promise<Enclosure> {
  const place = join(around.place, one.name);
  for (const folder of [...one.folders, place]) await mkdir(folder, { recursive: true });
  const cgroup = around.cgroups?.session(one.name, around.bounds) ?? null;
  const ranOutOfMemory = () => cgroup?.ranOutOfMemory ?? false;
  const over = new AbortController();
  let first: number | undefined;
  const watch = new SessionWatch({
    folders: one.folders,
    bounds: around.bounds,
    pid: () => first,
    ranOutOfMemory: around.cgroups?.bounds.has('memory') ? ranOutOfMemory : undefined,
    onOver: (error) => over.abort(error),
  });
  const words = await wrapping(around, one, place, cgroup);
  return {
    signal: over.signal,
    wrap: (command) => {
      if (words.user !== null) for (const folder of one.folders) giveTo(folder, words.user);
      const [file = '', ...args] = [...words.before(command), command.file, ...command.args];
      return { ...command, file, args, environment: words.environment(command) };
    },
    give: (folder) => {
      if (words.user !== null) giveTo(folder, words.user);
    },
    started: (pid) => {
      first = pid;
    },
    failureOf: () => (ranOutOfMemory() ? new FarmError('capacity.memory') : null),
    close: async () => {
      watch.close();
      await cgroup?.clear();
      await rm(place, { recursive: true, force: true });
    },
  };
}

async function wrapping(around: Surroundings, one: Enclosing, place: string, cgroup: SessionCgroup | null) {
  const { room, rights, devices, bounds } = around;
  const user = rights?.dropsUser ? userOfSlot(one.slot) : null;
  const read = [...around.read, ...(await buildFolders(one.blender)), ...one.read];
  const view: View = { read, write: [...around.write, ...one.folders], devices };
  const groups = await groupsOf(devices);
  const inner = rights
    ? takeRights({ user, groups, processes: bounds.processes, fileSize: bounds.disk })
    : [];
  return {
    user,
    before: ({ folder }: BlenderCommand) => [
      ...joinGroup(cgroup),
      ...(room?.({ view, place, folder, temporaryBytes }) ?? []),
      ...inner,
      ...(around.isSteady ? steadyAddresses : []),
    ],
    environment: ({ environment, folder }: BlenderCommand) =>
      room ? insideEnvironment(environment, folder) : environment,
  };
}

/** Before everything else, and not by the worker after the start: so nothing runs outside the group, however briefly. */
function joinGroup(cgroup: SessionCgroup | null): string[] {
  if (!cgroup) return [];
  const join =
    'while [ "$1" != -- ]; do echo 0 > "$1/cgroup.procs" || exit 125; shift; done; shift; exec "$@"';
  return ['/bin/sh', '-c', join, 'join', ...cgroup.folders, '--'];
}

const systemPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const outside = /^(USER|LOGNAME|DISPLAY|WAYLAND_DISPLAY|XAUTHORITY|XDG_RUNTIME_DIR)$/;

/** Without what points to things that are not there inside. The system's programs come first: the room is built by them. */
function insideEnvironment(environment: Record<string, string>, folder: string): Record<string, string> {
  const kept = Object.entries(environment).filter(([name]) => !outside.test(name));
  const path = environment.PATH ? `${systemPath}:${environment.PATH}` : systemPath;
  // Mesa does not ask HOME for its cache of shaders but the list of users, in which Blender's user is not.
  const home = { HOME: folder, XDG_CACHE_HOME: join(folder, '.cache') };
  // A few files instead of hundreds, as newer releases of it have by themselves: they are copied for each session.
  const cache = { MESA_DISK_CACHE_DATABASE: 'true' };
  return { ...cache, ...Object.fromEntries(kept), ...home, PATH: path };
}

// Only what the worker and a Blender without a scene put there is in it.
function giveTo(folder: string, user: number): void {
  lchownSync(folder, user, user);
  for (const entry of readdirSync(folder, { withFileTypes: true }))
    if (entry.isDirectory()) giveTo(join(folder, entry.name), user);
    else lchownSync(join(folder, entry.name), user, user);
}
