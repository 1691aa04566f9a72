import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Recogniser } from './failures/recognise.ts';
import {
  type BlenderCommand,
  type BlenderCommandOptions,
  blenderCommand,
  privateFolders,
} from './process/blender-command.ts';
import { Session } from './session.ts';
import { MemoryGuard } from './watch/memory-guard.ts';

export interface SessionOptions extends Omit<BlenderCommandOptions, 'driver'> {
  /** Path of driver/main.py; the one of this package unless a sandbox shows it elsewhere. */
  driver?: string | undefined;
  /** Seconds without progress after which Blender is killed in any case; unless given, what a frame usually takes decides. */
  silenceLimitSeconds?: number | undefined;
  /** Tells failures from Blender's words; the known ones unless given. */
  recogniser?: Recogniser | undefined;
  /** Shared by all sessions of a worker; one of its own unless given. */
  guard?: MemoryGuard | undefined;
  /** The job goes on without files it could not read. */
  allowMissing?: boolean | undefined;
  /** Turns the command into one that runs in a sandbox. Descriptors 3 and 4 must reach Blender. */
  wrap?: ((command: BlenderCommand) => BlenderCommand) | undefined;
  /** Kills the process at once, now or at any later time. */
  signal?: AbortSignal | undefined;
}

const ownDriver = fileURLToPath(new URL('../../driver/main.py', import.meta.url));

/**
 * Starts Blender and resolves once the scene is loaded; one to two seconds for a small one. `blender`, `scene` and
 * `folder` are absolute paths; `folder` is the caller's to make and to remove. Throws a FarmError when the scene or
 * Blender is at fault and `signal.reason` when aborted; no process is left in either case.
 */
export async function openSession(options: SessionOptions): Promise<Session> {
  options.signal?.throwIfAborted();
  const command = blenderCommand({ ...options, driver: options.driver ?? ownDriver });
  const folders = Object.entries(privateFolders(options.folder));
  await Promise.all(folders.map(([, folder]) => mkdir(folder, { recursive: true })));
  const wrapped = options.wrap?.(command) ?? command;
  const session = new Session(wrapped, {
    hangSeconds: options.silenceLimitSeconds ?? null,
    recogniser: options.recogniser ?? new Recogniser(),
    guard: options.guard ?? new MemoryGuard(),
    isAllowed: (code) => code === 'scene.unreadable-image' && options.allowMissing === true,
    signal: options.signal,
  });
  try {
    await session.ready();
    return session;
  } catch (error) {
    await session.close();
    throw error;
  }
}
