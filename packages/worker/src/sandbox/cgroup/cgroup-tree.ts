import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { readdir, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CgroupPlace } from './cgroup-places.ts';

const emptyingMs = 5000;
const askAgainMs = 5;

/**
 * The groups of one worker: one for all its sessions, with a bound that protects the computer, and in it one for each
 * session. In version 1 memory and processes are two trees, which get the same names. The name is the same at each
 * start of the worker, so that a start finds what a killed one left.
 */
export class CgroupTree {
  readonly #places: readonly CgroupPlace[];
  readonly #name: string;
  #memory = 0;

  constructor(places: readonly CgroupPlace[], name: string) {
    this.#places = places;
    this.#name = name;
  }

  get bounds(): ReadonlySet<'memory' | 'pids'> {
    return new Set(this.#places.flatMap((place) => place.controllers));
  }

  /** Makes the worker's own group. `memory` in bytes, for all sessions together. Throws what the system says. */
  open(memory: number): void {
    this.#memory = memory;
    for (const place of this.#places) {
      const folder = join(place.folder, this.#name);
      makeGroup(folder);
      if (place.version === 2) writeFileSync(join(folder, 'cgroup.subtree_control'), '+memory +pids');
      setBounds(place, folder, { memory, processes: null });
    }
  }

  session(name: string, bounds: CgroupBounds): SessionCgroup {
    const folders = this.#places.map((place) => {
      const folder = join(place.folder, this.#name, name);
      // Another worker's start may have swept it away as nobody's, while there was no session in it.
      if (!existsSync(dirname(folder))) this.open(this.#memory);
      makeGroup(folder);
      setBounds(place, folder, bounds);
      return folder;
    });
    return new SessionCgroup(folders);
  }

  /** Ends everything that runs in these groups and removes them: those of this worker, or those a killed one left. */
  async clear(): Promise<void> {
    for (const place of this.#places) await clearGroup(join(place.folder, this.#name));
  }
}

export interface CgroupBounds {
  /** Bytes. */
  readonly memory: number;
  readonly processes: number | null;
}

export class SessionCgroup {
  /** A process joins by writing to the `cgroup.procs` of each. */
  readonly folders: readonly string[];

  constructor(folders: readonly string[]) {
    this.folders = folders;
  }

  /** True once the kernel has ended a process of the session because of its bound. */
  get ranOutOfMemory(): boolean {
    return this.folders.some((folder) => {
      const events = readText(join(folder, 'memory.events')) + readText(join(folder, 'memory.oom_control'));
      return Number(/^oom_kill (\d+)/m.exec(events)?.[1] ?? 0) > 0;
    });
  }

  /** Ends whatever is still in it and removes it. Takes no longer than five seconds. */
  async clear(): Promise<void> {
    for (const folder of this.folders) await clearGroup(folder);
  }
}

function makeGroup(folder: string): void {
  if (!existsSync(folder)) mkdirSync(folder);
}

function setBounds({ version, controllers }: CgroupPlace, folder: string, bounds: CgroupBounds): void {
  const set = (file: string, value: string) => writeFileSync(join(folder, file), value);
  if (controllers.includes('pids') && bounds.processes !== null) set('pids.max', String(bounds.processes));
  if (!controllers.includes('memory')) return;
  set(version === 1 ? 'memory.limit_in_bytes' : 'memory.max', String(Math.floor(bounds.memory)));
  // Memory that is swapped out is memory too; without swap, or without leave to count it, the files are not there.
  const swap = version === 1 ? 'memory.memsw.limit_in_bytes' : 'memory.swap.max';
  if (existsSync(join(folder, swap))) set(swap, version === 1 ? String(Math.floor(bounds.memory)) : '0');
  if (version === 2) set('memory.oom.group', '1');
}

async function clearGroup(folder: string): Promise<void> {
  const inside = await readdir(folder, { withFileTypes: true }).catch(() => null);
  if (!inside) return;
  for (const entry of inside) if (entry.isDirectory()) await clearGroup(join(folder, entry.name));
  const deadline = Date.now() + emptyingMs;
  for (;;) {
    for (const pid of readText(join(folder, 'cgroup.procs')).split('\n')) kill(Number(pid));
    const gone = await rmdir(folder).then(
      () => true,
      (error: NodeJS.ErrnoException) => error.code === 'ENOENT',
    );
    if (gone || Date.now() > deadline) return;
    await sleep(askAgainMs);
  }
}

// 0 are processes that this worker cannot see, of a namespace beside its own.
function kill(pid: number): void {
  if (!(pid > 0)) return;
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended meanwhile.
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/**
 * The places in which groups with bounds can really be made, tried by making one. In version 2 the nearest that hands
 * both controllers down. Empty where there is none: in most containers, and for most users.
 */
export function usablePlaces(places: readonly CgroupPlace[], name: string): CgroupPlace[] {
  const first = places.filter((place) => place.version === 1 && canBound(place, name));
  const second = places.find((place) => place.version === 2 && canBound(place, name));
  return first.some((place) => place.controllers.includes('memory')) || !second ? first : [second];
}

function canBound(place: CgroupPlace, name: string): boolean {
  if (place.version === 2) {
    const handed = readText(join(place.folder, 'cgroup.subtree_control')).split(/\s+/);
    if (!place.controllers.every((controller) => handed.includes(controller))) return false;
  }
  const folder = join(place.folder, `${name}-trial`);
  try {
    makeGroup(folder);
    const file = place.controllers.includes('memory')
      ? place.version === 1
        ? 'memory.limit_in_bytes'
        : 'memory.max'
      : 'pids.max';
    return readdirSync(folder).includes(file);
  } catch {
    return false;
  } finally {
    if (existsSync(folder)) rmdirSync(folder);
  }
}
