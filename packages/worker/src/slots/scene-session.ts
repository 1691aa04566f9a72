import { stat } from 'node:fs/promises';
import { freemem } from 'node:os';
import { FarmError, type FrameOrder, type GpuDevice, type Lease } from '@akashganga/protocol';
import type { Blenders } from '../builds/blenders.ts';
import type { Sandbox } from '../sandbox/index.ts';
import type { SceneCache } from '../scenes/scene-cache.ts';
import type { MemoryGuard, Recogniser, SceneSettings, Session } from '../session/index.ts';
import { KeptShaders } from '../shaders/kept-shaders.ts';
import { type EnclosedSession, openEnclosed } from './enclosed-session.ts';
import { hasOutgrown } from './has-outgrown.ts';
import type { StandbyScene } from './standby/standby.ts';
import { StandbyKeeper } from './standby/standby-keeper.ts';

export interface SceneSessionOptions {
  /** The slot's. */
  readonly number: number;
  readonly sandbox: Sandbox;
  readonly threads: number;
  /** The graphics card of this slot; null: the processor. */
  readonly gpu: GpuDevice | null;
  readonly folder: string;
  /** Where compiled shaders are kept from one session of a scene to the next; shared by all slots. */
  readonly shaders: string;
  readonly blenders: Blenders;
  readonly scenes: SceneCache;
  readonly silenceLimitSeconds: number | null;
  /** Tells failures from Blender's words. */
  readonly recogniser: Recogniser;
  /** Sees memory run out; shared by all slots of the worker. */
  readonly guard: MemoryGuard;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

interface OpenScene extends EnclosedSession {
  /** The file that is open, and how. */
  readonly scene: string;
  applied: string;
  /** Bytes held after each of its frames. */
  readonly held: number[];
}

/** A session that is being opened before there is work for it. */
interface AheadScene {
  readonly scene: string;
  readonly stop: AbortController;
  /** Null when it could not be opened: whoever needs it opens it again, and meets the reason. */
  readonly opened: Promise<OpenScene | null>;
}

interface HowToStart {
  /** Asked with the bytes of the scene's file; unless it says yes, nothing is started. */
  readonly hasRoom?: (bytes: number) => boolean;
  /** In a Blender that was started for this alone. */
  readonly isCold?: boolean;
}

/** Of free memory, what a scene may take that is opened on suspicion: this much, and so many times its file. */
const ROOM_AHEAD = 2 ** 30;
const FILES_AHEAD = 16;

/** The session of a slot: opened when a lease needs it, kept for the next, thrown away when it may not be trusted. */
export class SceneSession {
  readonly #options: SceneSessionOptions;
  #open: OpenScene | null = null;
  #ahead: AheadScene | null = null;
  readonly #standby: StandbyKeeper;
  #count = 0;
  /** Settles when nothing is being taken out of the open session's folder. */
  #taken: Promise<unknown> = Promise.resolve();

  constructor(options: SceneSessionOptions) {
    this.#options = options;
    this.#standby = new StandbyKeeper(options.blenders, () => this.#about());
  }

  get current(): Session | null {
    return this.#open?.session ?? null;
  }

  /**
   * A session with the lease's scene, its wishes applied, that may render `frame` next; null for a probe. One that is open
   * with the same file is used, however its wishes differ, unless the order of the frames forbids it.
   */
  async for(lease: Lease, frame: number | null, signal: AbortSignal): Promise<OpenScene> {
    const scene = fileKey(lease);
    const wishes = JSON.stringify(lease.settings);
    if (this.#ahead) this.#open = await this.#takeAhead(scene, signal);
    const open = this.#open;
    const fits = open?.session.isOpen && open.scene === scene && !hasOutgrown(open.held);
    if (open && fits && mayGoOn(lease.order, open, frame, wishes)) {
      await this.#standby.take(null);
      if (open.applied !== wishes) await this.#apply(open, lease, wishes);
      return open;
    }
    await this.closeOpen();
    const fresh = await this.start(lease, scene, signal);
    this.#open = fresh;
    await this.#apply(fresh, lease, wishes);
    return fresh;
  }

  /** A Blender of its own for one frame; the caller closes it. */
  async alone(lease: Lease, signal: AbortSignal): Promise<OpenScene> {
    const fresh = await this.start(lease, '', signal, { isCold: true });
    try {
      await this.#apply(fresh, lease, '');
      return fresh;
    } catch (error) {
      await fresh.close();
      throw error;
    }
  }

  /**
   * Opens a lease's scene while nothing is open and nothing is to be done, so that the first frame finds it open. Not
   * where memory may become short.
   */
  openAhead(lease: Lease): void {
    if (this.#ahead || this.#open) return;
    const scene = fileKey(lease);
    const stop = new AbortController();
    const hasRoom = (bytes: number) => freemem() > ROOM_AHEAD + FILES_AHEAD * bytes;
    const opened = this.start(lease, scene, stop.signal, { hasRoom }).catch(() => null);
    this.#ahead = { scene, stop, opened };
  }

  /** Nobody knows what will be needed next: a Blender is started that can be told. Not while one opens a scene ahead. */
  standBy(): void {
    if (!this.#ahead) this.#standby.start();
  }

  /** What was opened ahead, if it has this scene; anything else is given up. */
  async #takeAhead(scene: string | null, signal?: AbortSignal): Promise<OpenScene | null> {
    const ahead = this.#ahead;
    this.#ahead = null;
    if (!ahead) return null;
    const giveUp = () => ahead.stop.abort();
    if (ahead.scene !== scene || signal?.aborted) giveUp();
    signal?.addEventListener('abort', giveUp, { once: true });
    const opened = await ahead.opened;
    signal?.removeEventListener('abort', giveUp);
    return opened;
  }

  /** The session may render on, but its folder stays until this has settled. */
  holdUntil(taken: Promise<unknown>): void {
    this.#taken = Promise.allSettled([this.#taken, taken]);
  }

  /** After the last work. */
  async close(): Promise<void> {
    await this.#standby.close();
    await this.closeOpen();
  }

  /** Closes the session; a Blender that stands by goes on waiting. */
  async closeOpen(): Promise<void> {
    const open = this.#open;
    this.#open = null;
    const ahead = await this.#takeAhead(null);
    await this.#taken;
    await open?.close();
    await ahead?.close();
  }

  // A probe tells unknown names by itself; for it, the scene is to be told as it is.
  async #apply(open: OpenScene, lease: Lease, wishes: string): Promise<void> {
    const { threads, gpu } = this.#options;
    if (lease.kind === 'probe') return;
    await open.session.apply({ ...sceneSettings(lease, gpu), threads });
    open.applied = wishes;
  }

  /** Opens the lease's scene: in the Blender that stands by, or in a new one. */
  async start(lease: Lease, scene: string, signal: AbortSignal, how: HowToStart = {}): Promise<OpenScene> {
    const { scenes, blenders } = this.#options;
    const { hasRoom = () => true } = how;
    this.#standby.likely = lease;
    const opened = await scenes.open(lease.scene, signal);
    if (!hasRoom((await stat(opened.path)).size)) {
      opened.release();
      throw new FarmError('capacity.memory', { why: 'there is little memory left' });
    }
    const blender = await blenders.forLease(lease, signal).catch((error: unknown) => {
      opened.release();
      throw error;
    });
    const standing = await this.#standby.take(how.isCold || !mayStandBy(lease) ? null : blender.path);
    const about = {
      ...{ scene: opened.path, entry: lease.scene.entry, allowMissing: lease.settings.allowMissing ?? false },
      shaders: new KeptShaders(this.#options.shaders, fileKey(lease)),
      // Both stay in the cache for as long as the session is open.
      release: () => {
        opened.release();
        blender.release();
      },
    };
    const enclosed = await untilEnded(
      signal,
      async (opening) =>
        // What does not open there is opened anew, and its failure told as that of any other.
        (await standing?.open({ ...about, signal: opening }).catch(() => null)) ??
        (await this.#inNew(lease, about, blender.path, opening)),
    );
    return { ...enclosed, scene, applied: '', held: [] };
  }

  #inNew(lease: Lease, about: Omit<StandbyScene, 'signal'>, blender: string, signal: AbortSignal) {
    const { settings, build } = lease;
    return openEnclosed({
      ...{ ...this.#about(), ...about, blender, signal },
      ...{ buildEntry: build?.entry ?? null, trustScripts: settings.trustScripts ?? false },
    });
  }

  /** What all sessions of this slot have in common, with the number of the next. */
  #about() {
    this.#count += 1;
    const { number, folder, sandbox, threads, recogniser, guard, environment } = this.#options;
    const silenceLimitSeconds = this.#options.silenceLimitSeconds ?? undefined;
    const place = { sandbox, slot: number, number: this.#count, slotFolder: folder };
    return { ...place, threads, recogniser, guard, environment, silenceLimitSeconds };
  }
}

/** Scripts of a scene could meet what a Blender that stands by has loaded of ours. */
function mayStandBy({ settings }: Lease): boolean {
  return !settings.trustScripts;
}

/** Which file is open, and how: leases with the same one can use the same Blender. */
function fileKey({ scene, build, settings }: Lease): string {
  return JSON.stringify([scene, build, settings.trustScripts ?? false]);
}

/**
 * Whether an open session may render `frame` next. A scene made of the frames before it goes forward only, and under the
 * same wishes; one that is rendered cold has nothing before it.
 */
function mayGoOn(order: FrameOrder, open: OpenScene, frame: number | null, wishes: string): boolean {
  const { lastFrame } = open.session;
  if (frame === null || lastFrame === null || order === 'any') return true;
  return order === 'sequence' && frame > lastFrame && open.applied === wishes;
}

/** The lease's end stops the opening, but not a session that later leases use. */
async function untilEnded<T>(signal: AbortSignal, open: (opening: AbortSignal) => Promise<T>): Promise<T> {
  const opening = new AbortController();
  const abort = () => opening.abort(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    if (signal.aborted) abort();
    return await open(opening.signal);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/** What Blender is to apply of a lease's settings, in a slot with this card. Throws `machine.no-gpu`. */
export function sceneSettings({ settings }: Lease, gpu: GpuDevice | null): SceneSettings {
  const { scene, camera, viewLayer, engine, samples, scale, format, device } = settings;
  if (device === 'gpu' && !gpu) throw new FarmError('machine.no-gpu');
  const card = gpu && device !== 'cpu' ? { device: gpu } : {};
  return { scene, camera, viewLayer, engine, samples, scale, format, ...card };
}
