import { freemem } from 'node:os';
import type { Lease } from '@akashganga/protocol';
import type { Blenders } from '../../builds/blenders.ts';
import { Standby, type StandbyOptions } from './standby.ts';

/** Of free memory, what must be left for a Blender that waits without a scene: 80 MB of it are its own. */
const ROOM = 4 * 2 ** 30;

interface Started {
  readonly stop: AbortController;
  /** Null when it could not be: whoever needs a Blender starts one, and meets the reason. */
  readonly standby: Promise<Standby | null>;
}

type About = Omit<StandbyOptions, 'signal' | 'release' | 'blender' | 'buildEntry'>;

/** Keeps at most one Blender waiting for a slot's next scene. */
export class StandbyKeeper {
  readonly #blenders: Blenders;
  readonly #about: () => About;
  #started: Started | null = null;
  #isClosed = false;
  /** The lease that needed a Blender last: the next will need the same. */
  likely: Pick<Lease, 'scene' | 'build'> | null = null;

  /** `about` is asked for each Blender anew, and numbers it. */
  constructor(blenders: Blenders, about: () => About) {
    this.#blenders = blenders;
    this.#about = about;
  }

  /** Unless one waits already, or memory may become short. */
  start(): void {
    if (this.#isClosed || this.#started || freemem() < ROOM) return;
    const stop = new AbortController();
    const started = { stop, standby: this.#start(stop.signal).catch(() => null) };
    this.#started = started;
    void started.standby.then((standby) => standby?.ended).then(() => this.#forget(started));
  }

  /** One that ends while it waits leaves its place to the next. */
  async #forget(started: Started): Promise<void> {
    if (this.#started !== started) return;
    this.#started = null;
    await (await started.standby)?.close();
  }

  async #start(signal: AbortSignal): Promise<Standby | null> {
    const { likely } = this;
    const found = await this.#blenders.likely(likely, signal);
    if (!found) return null;
    const blender = { blender: found.path, buildEntry: likely?.build?.entry ?? null, release: found.release };
    return Standby.start({ ...this.#about(), ...blender, signal });
  }

  /** The one that waits, if it is the Blender at this path; any other is ended. */
  async take(blender: string | null): Promise<Standby | null> {
    const started = this.#started;
    this.#started = null;
    if (!started) return null;
    if (blender === null) started.stop.abort();
    const standby = await started.standby;
    if (standby?.blender === blender && standby.isOpen) return standby;
    await standby?.close();
    return null;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.take(null);
  }
}
