import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Enclosure, Sandbox } from '../sandbox/index.ts';
import { driverFolder } from '../session/index.ts';

export interface SessionPlaceOptions {
  readonly sandbox: Sandbox;
  readonly slot: number;
  /** Counts the sessions of a slot. */
  readonly number: number;
  /** The slot's folder. */
  readonly slotFolder: string;
  /** Path of the Blender, and where in its build that is; null for an installed one. */
  readonly blender: string;
  readonly buildEntry: string | null;
  /** Where the scene is, or will be. */
  readonly sceneFolder: string;
}

/**
 * Where a session lives. Each has folders of its own, beside each other in one that Blender cannot write: what one scene
 * leaves, as a folder in the place of a frame, is not there for the next, and neither can be exchanged for a link by its
 * user.
 */
export interface SessionPlace {
  /** Blender's private folder. */
  readonly folder: string;
  /** Blender writes frames here and nothing else of the worker does. Frames are taken out before the session is closed. */
  readonly frames: string;
  readonly enclosure: Enclosure;
  /** After the session: ends what it left, and removes its folders. */
  clear(): Promise<void>;
}

export async function sessionPlace(options: SessionPlaceOptions): Promise<SessionPlace> {
  const { sandbox, slot, number, slotFolder, blender, buildEntry, sceneFolder } = options;
  const folder = join(slotFolder, `session-${number}`);
  const frames = join(slotFolder, `frames-${number}`);
  const remove = async () => {
    for (const path of [folder, frames]) await rm(path, { recursive: true, force: true });
  };
  const build = buildEntry === null ? [] : [rootOf(blender, buildEntry)];
  const enclosing = { slot, name: `${slot}-${number}`, folders: [folder, frames], blender };
  const read = [sceneFolder, driverFolder, ...build];
  const opening = sandbox.enclose({ ...enclosing, read });
  const enclosure = await opening.catch(async (error: unknown) => {
    await remove();
    throw error;
  });
  const clear = async () => {
    await enclosure.close();
    await remove();
  };
  return { folder, frames, enclosure, clear };
}

/** The folder in which `path` is `entry`, which has `/` in it on every system. */
export function rootOf(path: string, entry: string): string {
  return resolve(path, ...entry.split('/').map(() => '..'));
}
