import type { Sandbox } from '../sandbox/index.ts';
import { openSession, type Session, type SessionOptions } from '../session/index.ts';
import type { KeptShaders } from '../shaders/kept-shaders.ts';
import { rootOf, type SessionPlace, type SessionPlaceOptions, sessionPlace } from './session-place.ts';

export interface EnclosedSessionOptions
  extends Omit<SessionOptions, 'blender' | 'enclosure' | 'folder' | 'scene' | 'waits'>,
    Omit<SessionPlaceOptions, 'sceneFolder'> {
  readonly scene: string;
  readonly sandbox: Sandbox;
  /** The scene's path inside its folder, with `/`. */
  readonly entry: string;
  /** Called when neither scene nor build is needed any more: once, also when the session does not open. */
  readonly release: () => void;
  /** Compiled shaders of earlier sessions of this scene; null: the session begins without and leaves none. */
  readonly shaders?: KeptShaders | null;
}

/** A session in the sandbox, with its two folders: one for itself, one for its frames. */
export interface EnclosedSession extends Pick<SessionPlace, 'frames'> {
  readonly session: Session;
  /** Ends Blender and everything it started, and removes its folders. */
  close(): Promise<void>;
}

export async function openEnclosed(options: EnclosedSessionOptions): Promise<EnclosedSession> {
  const { sandbox, slot, number, slotFolder, entry, buildEntry, release, shaders = null, ...rest } = options;
  const about = { sandbox, slot, number, slotFolder, buildEntry, blender: options.blender };
  let place: SessionPlace | null = null;
  const clear = async () => {
    await place?.clear();
    release();
  };
  try {
    place = await sessionPlace({ ...about, sceneFolder: rootOf(options.scene, entry) });
    await shaders?.bring(place.folder);
    const session = await openSession({ ...rest, folder: place.folder, enclosure: place.enclosure });
    return enclosed(session, place, shaders, clear);
  } catch (error) {
    await clear();
    throw error;
  }
}

export function enclosed(
  session: Session,
  { folder, frames, enclosure }: SessionPlace,
  shaders: KeptShaders | null,
  clear: () => Promise<void>,
): EnclosedSession {
  const close = async () => {
    await session.close();
    await enclosure.close();
    await shaders?.keep(folder);
    await clear();
  };
  return { session, frames, close };
}
