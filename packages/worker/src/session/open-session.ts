import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import {
  type BlenderCommand,
  type BlenderCommandOptions,
  blenderCommand,
  privateFolders,
} from './process/blender-command.ts';
import { Session } from './session.ts';

export interface SessionOptions extends Omit<BlenderCommandOptions, 'driver'> {
  /** Path of driver/main.py; the one of this package unless a sandbox shows it elsewhere. */
  driver?: string | undefined;
  /** Seconds without a word from Blender, in its log or on its pipe, after which it is killed. 1800 unless given. */
  silenceLimitSeconds?: number | undefined;
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
  const session = new Session(wrapped, options.silenceLimitSeconds ?? 1800, options.signal);
  try {
    await session.ready();
    return session;
  } catch (error) {
    await session.close();
    throw error;
  }
}
