import { statfs } from 'node:fs/promises';
import { FarmError, type Problem } from '@akashganga/protocol';
import type { Logger } from 'pino';

/** With less than this the next large frame may not fit; Blender would fail with each frame it is given. */
export const LEAST_FREE_BYTES = 64 * 1024 * 1024;
const LOOK_AGAIN_MS = 2000;
const LACK_MS = 60_000;

export interface DiskRoomOptions {
  readonly folder: string;
  readonly log: Logger;
  /** Called when the disk has room again. */
  readonly onRoom: () => void;
  /** Gives up what is only kept in case it is needed. */
  readonly makeRoom: () => Promise<void>;
}

/** Knows whether the disk of a folder has room, and notices when a full one has room again. */
export class DiskRoom {
  readonly #options: DiskRoomOptions;
  #isFull = false;
  /** What a scene or a build lacks beyond that, in bytes, until when that counts. */
  #lack = { bytes: 0, until: 0 };
  #timer: NodeJS.Timeout | null = null;

  constructor(options: DiskRoomOptions) {
    this.#options = options;
  }

  /** As of the last `check`. */
  get isFull(): boolean {
    return this.#isFull;
  }

  /** What is to be shown of it; null when there is room. */
  get problem(): Problem | null {
    if (!this.#isFull) return null;
    const { code, says } = new FarmError('disk.full', { folder: this.#options.folder });
    return { code, says };
  }

  /** A scene or a build of so many bytes does not fit. It is tried again after a minute, or as soon as it fits. */
  lacks(bytes: number): void {
    this.#lack = { bytes, until: Date.now() + LACK_MS };
  }

  /** Looks now. Costs one system call. A disk that does not tell counts as one with room. */
  async check(): Promise<boolean> {
    const { folder, log, onRoom, makeRoom } = this.#options;
    let isFull = await this.#lacksRoom();
    if (isFull) {
      await makeRoom();
      isFull = await this.#lacksRoom();
    }
    if (isFull && !this.#isFull) log.error(new FarmError('disk.full', { folder }).says);
    const isBack = this.#isFull && !isFull;
    this.#isFull = isFull;
    if (isFull) this.#lookAgain();
    if (isBack) {
      log.info('the disk has room again');
      onRoom();
    }
    return !isFull;
  }

  async #lacksRoom(): Promise<boolean> {
    const found = await statfs(this.#options.folder).catch(() => null);
    return found !== null && found.bavail * found.bsize < LEAST_FREE_BYTES + this.#lacking();
  }

  #lacking(): number {
    return Date.now() < this.#lack.until ? this.#lack.bytes : 0;
  }

  #lookAgain(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.check().catch((error: unknown) => this.#options.log.error({ error }, 'the disk does not tell'));
    }, LOOK_AGAIN_MS);
  }

  close(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
