import { chmod, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isAllowedBy, openWaiting, type Session, type SessionOptions } from '../../session/index.ts';
import type { KeptShaders } from '../../shaders/kept-shaders.ts';
import { type EnclosedSession, enclosed } from '../enclosed-session.ts';
import { rootOf, type SessionPlace, type SessionPlaceOptions, sessionPlace } from '../session-place.ts';
import { linkScene } from './link-scene.ts';

export interface StandbyOptions
  extends Omit<SessionPlaceOptions, 'sceneFolder'>,
    Pick<
      SessionOptions,
      'threads' | 'recogniser' | 'guard' | 'environment' | 'silenceLimitSeconds' | 'signal'
    > {
  readonly blender: string;
  /** Called when the build is not needed any more: once, also when Blender does not start. */
  readonly release: () => void;
}

/** A scene for it. */
export interface StandbyScene {
  /** The absolute path of the .blend, and where in the scene's folder that is, with `/`. */
  readonly scene: string;
  readonly entry: string;
  readonly shaders: KeptShaders | null;
  readonly allowMissing: boolean;
  /** Called when the scene is not needed any more; not when it does not open. */
  readonly release: () => void;
  readonly signal: AbortSignal;
}

/**
 * A Blender in its sandbox that has no scene yet: started while its slot has nothing to do, so that a job need not wait
 * for it. Of the computer's files it sees an empty folder, into which the scene is linked when there is one.
 */
export class Standby {
  readonly blender: string;
  readonly #session: Session;
  readonly #place: SessionPlace;
  readonly #sceneFolder: string;
  readonly #clear: () => Promise<void>;

  private constructor(
    { blender }: StandbyOptions,
    session: Session,
    place: SessionPlace,
    sceneFolder: string,
    clear: () => Promise<void>,
  ) {
    this.blender = blender;
    this.#session = session;
    this.#place = place;
    this.#sceneFolder = sceneFolder;
    this.#clear = clear;
  }

  static async start(options: StandbyOptions): Promise<Standby> {
    const { sandbox, slot, number, slotFolder, buildEntry, release, ...rest } = options;
    const sceneFolder = join(slotFolder, `scene-${number}`);
    const about = { sandbox, slot, number, slotFolder, buildEntry, blender: options.blender, sceneFolder };
    let place: SessionPlace | null = null;
    const clear = async () => {
      await place?.clear();
      release();
      await rm(sceneFolder, { recursive: true, force: true });
    };
    try {
      await mkdir(sceneFolder, { recursive: true });
      // Whatever this process's mask is: Blender's user reads it.
      await chmod(sceneFolder, 0o755);
      place = await sessionPlace(about);
      const { folder, enclosure } = place;
      const session = await openWaiting({ ...rest, folder, enclosure });
      return new Standby(options, session, place, sceneFolder, clear);
    } catch (error) {
      await clear();
      throw error;
    }
  }

  get isOpen(): boolean {
    return this.#session.isOpen;
  }

  /** Settles when its Blender is gone, however it ended. */
  get ended(): Promise<unknown> {
    return this.#session.ended;
  }

  /** The session with this scene. Throws when it does not open here, and is closed then: a fresh Blender tells why. */
  async open({ scene, entry, ...terms }: StandbyScene): Promise<EnclosedSession> {
    const { shaders, allowMissing, release, signal } = terms;
    try {
      await linkScene(rootOf(scene, entry), this.#sceneFolder);
      await shaders?.bring(this.#place.folder);
      this.#place.enclosure.give(this.#place.folder);
      const path = join(this.#sceneFolder, ...entry.split('/'));
      await this.#session.open(path, { isAllowed: isAllowedBy(allowMissing), signal });
    } catch (error) {
      await this.close();
      throw error;
    }
    const clear = async () => {
      await this.#clear();
      release();
    };
    return enclosed(this.#session, this.#place, shaders, clear);
  }

  async close(): Promise<void> {
    await this.#session.close();
    await this.#clear();
  }
}
