import { FarmError } from '@akashganga/protocol';
import { processTree } from '../../proc/process-tree.ts';
import { deletedUse, folderUse } from './folder-use.ts';

export interface SessionBounds {
  /** Bytes of memory. */
  readonly memory: number;
  /** Processes and threads. */
  readonly processes: number;
  /** Bytes on the disk. */
  readonly disk: number;
  /** Files and folders. */
  readonly files: number;
}

export interface SessionWatchOptions {
  readonly folders: readonly string[];
  readonly bounds: SessionBounds;
  /** The outermost process of the session, once there is one. */
  readonly pid: () => number | undefined;
  /** What the kernel has counted, where it bounds memory; undefined where this watch has to. */
  readonly ranOutOfMemory: (() => boolean) | undefined;
  readonly onOver: (error: FarmError) => void;
}

/** A writer fills the disk by what it can write in this time beyond its bound: 1 GB on a fast disk. */
const lookEveryMs = 1000;

/** Looks once a second whether a session stays in its bounds, until it is closed or has said once that it does not. */
export class SessionWatch {
  readonly #options: SessionWatchOptions;
  #timer: NodeJS.Timeout | null = null;
  #isClosed = false;

  constructor(options: SessionWatchOptions) {
    this.#options = options;
    this.#later();
  }

  close(): void {
    this.#isClosed = true;
    if (this.#timer) clearTimeout(this.#timer);
  }

  #later(): void {
    if (this.#isClosed) return;
    this.#timer = setTimeout(() => {
      void this.#look().then(
        (over) => {
          if (this.#isClosed) return;
          if (over) this.#options.onOver(over);
          else this.#later();
        },
        // What cannot be counted now is counted the next time.
        () => this.#later(),
      );
    }, lookEveryMs);
    this.#timer.unref();
  }

  async #look(): Promise<FarmError | null> {
    const { folders, bounds, pid, ranOutOfMemory } = this.#options;
    if (ranOutOfMemory?.()) return new FarmError('capacity.memory');
    const root = pid();
    const tree = root === undefined ? null : processTree(root);
    if (!ranOutOfMemory && tree && tree.memory > bounds.memory) return new FarmError('capacity.memory');
    const use = await folderUse(folders, { bytes: bounds.disk, entries: bounds.files });
    const bytes = use.bytes + (await deletedUse(tree?.pids ?? []));
    // One file cannot grow beyond the bound: it is refused more than that, and whoever ignores this stays right at it.
    if (bytes >= bounds.disk) return tooMuch(`more than ${bounds.disk} bytes of files`);
    if (use.entries > bounds.files) return tooMuch(`more than ${bounds.files} files`);
    return null;
  }
}

function tooMuch(what: string): FarmError {
  return new FarmError('scene.takes-too-much', { what });
}
