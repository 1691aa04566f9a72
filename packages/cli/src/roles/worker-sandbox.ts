import { statfs } from 'node:fs/promises';
import { availableParallelism, totalmem } from 'node:os';
import { FarmError } from '@akashganga/protocol';
import type { Sandbox, SandboxMode } from '@akashganga/worker';
import type { Settings } from '../config/settings.ts';

export interface SandboxFlags {
  /** auto, require or off; null takes what the environment says, and else auto. */
  readonly mode: string | null;
  /** GB for one session; null takes all that the sessions may have together. */
  readonly memory: number | null;
  /** GB for one session. */
  readonly disk: number | null;
}

const GB = 1e9;
/** Of the computer's memory, for all sessions: the rest is for the worker, the system and its file cache. */
const memoryShare = 0.9;
/** Baked simulations and multilayer pictures in full float are tens of GB; a session never gets more than most of what is free. */
const mostDisk = 50 * GB;
const diskShare = 0.8;
/** The files of a session are its frames until they are taken, and caches: thousands. */
const mostFiles = 100_000;

/** Opens the sandbox of a worker whose folder is `folder`. Throws `usage.bad-flag` and `machine.no-sandbox`. */
export async function workerSandbox(
  settings: Settings,
  flags: SandboxFlags,
  folder: string,
): Promise<Sandbox> {
  const mode = modeOf(flags.mode ?? settings.sandbox ?? 'auto');
  const { openSandbox } = await import('@akashganga/worker');
  const memory = memoryShare * Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY);
  const { bavail, bsize } = await statfs(folder);
  return openSandbox({
    ...{ mode, folder, memory, read: settings.sandboxRead, write: settings.sandboxWrite },
    path: `${settings.environment.PATH ?? ''}:/usr/sbin:/usr/bin:/sbin:/bin`,
    bounds: {
      memory: Math.min(memory, (flags.memory ?? Number.POSITIVE_INFINITY) * GB),
      disk: Math.floor(
        flags.disk === null ? Math.min(mostDisk, diskShare * bavail * bsize) : flags.disk * GB,
      ),
      files: mostFiles,
      // Blender, its renderer and the software OpenGL each start a thread for every core.
      processes: 512 + 16 * availableParallelism(),
    },
  });
}

function modeOf(value: string): SandboxMode {
  if (value === 'auto' || value === 'require' || value === 'off') return value;
  throw new FarmError('usage.bad-flag', { flag: '--sandbox', value, why: 'it is auto, require or off' });
}
