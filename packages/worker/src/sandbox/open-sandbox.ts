import { createHash } from 'node:crypto';
import { mkdir, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { FarmError, type SandboxReport } from '@akashganga/protocol';
import { driverFolder } from '../session/index.ts';
import { readCgroupPlaces } from './cgroup/cgroup-places.ts';
import { CgroupTree, usablePlaces } from './cgroup/cgroup-tree.ts';
import { sweepGroups } from './cgroup/sweep-groups.ts';
import { type Enclosing, type Enclosure, enclose, type Surroundings } from './enclosure.ts';
import { endLeftovers } from './end-leftovers.ts';
import { type Kind, kindsToTry } from './kinds.ts';
import type { SessionBounds } from './limits/session-watch.ts';
import { tryOut } from './try-out.ts';
import { graphicsDevices } from './view.ts';

/** `auto` takes the best there is; `require` renders only where a scene is closed in; `off` leaves Blender free. */
export type SandboxMode = 'auto' | 'require' | 'off';

export interface SandboxOptions {
  readonly mode: SandboxMode;
  /** The worker's folder, which must be this process's alone: what an earlier one left in it is ended. */
  readonly folder: string;
  /** Where programs are looked for, as in PATH. */
  readonly path: string;
  readonly bounds: SessionBounds;
  /** Bytes of memory for all sessions together. */
  readonly memory: number;
  /** Further folders and files that Blender may read, or write. */
  readonly read: readonly string[];
  readonly write: readonly string[];
  /** What Blender runs of ours; the driver of this package unless given. */
  readonly driver?: string;
}

export interface Sandbox {
  readonly report: SandboxReport;
  /** Makes the folders of a session and what keeps it in bounds. Close it when the session has ended. */
  enclose(one: Enclosing): Promise<Enclosure>;
  /** After the last session. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Finds out by trial what this computer lets the worker do, which takes about 20 ms a trial, and cleans up after a
 * worker that was killed. Throws `machine.no-sandbox` if one is required and there is none that closes scenes in.
 */
export async function openSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { mode, folder } = options;
  await mkdir(folder, { recursive: true });
  const name = `akashganga-${createHash('sha256')
    .update(await realpath(folder))
    .digest('hex')
    .slice(0, 12)}`;
  const places = process.platform === 'linux' ? await readCgroupPlaces() : [];
  await new CgroupTree(places, name).clear();
  await sweepGroups(places, Date.now());
  await endLeftovers(join(folder, 'slots'));
  const place = join(folder, 'rooms');
  await rm(place, { recursive: true, force: true });
  const cgroups = mode === 'off' ? null : openGroups(usablePlaces(places, name), name, options.memory);
  const around: Surroundings = {
    ...{ room: null, rights: null, isSteady: false, cgroups, place, bounds: options.bounds },
    ...{ read: options.read, write: options.write, devices: await graphicsDevices() },
  };
  const found =
    mode === 'off' ? { kind: freeKind, refused: [], isSteady: false } : await best(options, around);
  const report = reportOf(found.kind, found.refused, cgroups, mode);
  if (mode === 'require' && !report.closed) {
    await cgroups?.clear();
    throw new FarmError('machine.no-sandbox', { why: found.refused.join('; ') || process.platform });
  }
  const { kind, isSteady } = found;
  const chosen = { ...around, room: kind.room, rights: kind.rights, isSteady };
  const close = async () => {
    await cgroups?.clear();
    await rm(place, { recursive: true, force: true });
  };
  return { report, enclose: (one) => enclose(chosen, one), close, [Symbol.asyncDispose]: close };
}

const freeKind: Kind = { kind: 'none', closed: false, room: null, rights: null };

/** The first kind that does what it promises, why those before it did not, and whether addresses can be steady in it. */
async function best(options: SandboxOptions, around: Surroundings) {
  const refused: string[] = [];
  const driver = options.driver ?? join(driverFolder, 'main.py');
  const works = (kind: Kind, isSteady: boolean) =>
    tryOut(kind, { ...around, isSteady }, options.folder, driver);
  for (const kind of await kindsToTry(options.path)) {
    const why = await works(kind, false);
    if (why === null) return { kind, refused, isSteady: kind.closed && (await works(kind, true)) === null };
    refused.push(`${kind.kind}: ${why}`);
  }
  return { kind: freeKind, refused, isSteady: false };
}

function openGroups(
  places: ReturnType<typeof usablePlaces>,
  name: string,
  memory: number,
): CgroupTree | null {
  if (places.length === 0) return null;
  const tree = new CgroupTree(places, name);
  try {
    tree.open(memory);
    return tree;
  } catch {
    // Promised and then refused: the watch bounds memory instead, and the report says so.
    return null;
  }
}

function reportOf(
  { kind, closed, rights }: Kind,
  refused: readonly string[],
  cgroups: CgroupTree | null,
  mode: SandboxMode,
): SandboxReport {
  const memory = cgroups?.bounds.has('memory')
    ? 'memory is bounded by a control group'
    : 'memory is watched once a second';
  const user = rights?.dropsUser ? ', as a user of its own' : '';
  const why = refused.length > 0 ? ` (${refused.join('; ')})` : '';
  const sentences = {
    bubblewrap: `Blender is closed in by bubblewrap${user}; ${memory}.`,
    unshare: `Blender is closed in by unshare${user}; ${memory}. With bubblewrap installed that is used instead${why}.`,
    user: `Blender runs as a user of its own with limits, but reaches the network and every file that anybody may read${why}; ${memory}.`,
    limits: `Blender runs with limits, but reaches the network and every file of the worker's user${why}; ${memory}.`,
    none:
      mode === 'off'
        ? 'The sandbox is off: Blender may do whatever the user of the worker may.'
        : `There is no sandbox on this system: Blender may do whatever the user of the worker may${why}.`,
  };
  return { kind, closed, says: sentences[kind].slice(0, 1000) };
}
