import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Enclosure, Sandbox } from '../sandbox/index.ts';
import { driverFolder, openSession, type Session, type SessionOptions } from '../session/index.ts';
import type { KeptShaders } from '../shaders/kept-shaders.ts';

export interface EnclosedSessionOptions extends Omit<SessionOptions, 'enclosure' | 'folder' | 'scene'> {
  readonly scene: string;
  readonly sandbox: Sandbox;
  readonly slot: number;
  /** Counts the sessions of a slot. */
  readonly number: number;
  /** The slot's folder. */
  readonly slotFolder: string;
  /** The scene's path inside its folder, with `/`. */
  readonly entry: string;
  /** Called when neither scene nor build is needed any more: once, also when the session does not open. */
  readonly release: () => void;
  /** The same of a Blender that came from the farm; null for an installed one. */
  readonly buildEntry: string | null;
  /** Compiled shaders of earlier sessions of this scene; null: the session begins without and leaves none. */
  readonly shaders?: KeptShaders | null;
}

/** A session in the sandbox, with its two folders: one for itself, one for its frames. */
export interface EnclosedSession {
  readonly session: Session;
  /** Blender writes frames here and nothing else of the worker does. Frames are taken out before the session is closed. */
  readonly frames: string;
  /** Ends Blender and everything it started, and removes its folders. */
  close(): Promise<void>;
}

/**
 * Each session has folders of its own, beside each other in one that Blender cannot write: what one scene leaves, as a
 * folder in the place of a frame, is not there for the next, and neither can be exchanged for a link by its user.
 */
export async function openEnclosed(options: EnclosedSessionOptions): Promise<EnclosedSession> {
  const { sandbox, slot, number, slotFolder, entry, buildEntry, release, shaders, ...rest } = options;
  const folder = join(slotFolder, `session-${number}`);
  const frames = join(slotFolder, `frames-${number}`);
  let enclosure: Enclosure | undefined;
  const clear = async () => {
    await enclosure?.close();
    release();
    for (const path of [folder, frames]) await rm(path, { recursive: true, force: true });
  };
  const build = buildEntry === null ? [] : [rootOf(options.blender, buildEntry)];
  try {
    enclosure = await sandbox.enclose({
      ...{ slot, name: `${slot}-${number}`, folders: [folder, frames], blender: options.blender },
      read: [rootOf(options.scene, entry), driverFolder, ...build],
    });
    await shaders?.bring(folder);
    const session = await openSession({ ...rest, folder, enclosure });
    const close = async () => {
      await session.close();
      await enclosure?.close();
      await shaders?.keep(folder);
      await clear();
    };
    return { session, frames, close };
  } catch (error) {
    await clear();
    throw error;
  }
}

function rootOf(path: string, entry: string): string {
  return resolve(path, ...entry.split('/').map(() => '..'));
}
