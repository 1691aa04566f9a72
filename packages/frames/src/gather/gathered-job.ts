import { readFile, rename, stat } from 'node:fs/promises';
import { hashFile } from '@akashganga/storage';
import type { JobPaths } from '../files/job-paths.ts';
import { replaceFile } from '../files/replace-file.ts';
import { FrameIndex, type FrameReport, type KeptFrame } from './frame-index.ts';
import { Neighbours } from './neighbours.ts';

/** Something of a frame that came for a lease. */
export interface Arrival {
  readonly frame: number;
  readonly lease: string | null;
  /** It was asked for again. */
  readonly replace: boolean;
}

/** What is kept of one job: its frames, and how much of that the manager knows. */
export class GatheredJob {
  readonly paths: JobPaths;
  readonly index: FrameIndex;
  /** Of the frames that came since the job was opened here. */
  readonly neighbours = new Neighbours();
  readonly #turns = new Map<number, Promise<unknown>>();
  #reportedUpTo: number;

  private constructor(paths: JobPaths, index: FrameIndex, reportedUpTo: number) {
    this.paths = paths;
    this.index = index;
    this.#reportedUpTo = Math.min(reportedUpTo, index.length);
  }

  static async open(paths: JobPaths): Promise<GatheredJob> {
    return new GatheredJob(paths, await FrameIndex.open(paths.index), await readReported(paths));
  }

  get hasUnreported(): boolean {
    return this.#reportedUpTo < this.index.length;
  }

  /** The frame if its file is there and as long as it was. */
  async kept(frame: number): Promise<KeptFrame | null> {
    const found = this.index.get(frame);
    if (!found) return null;
    const size = await stat(this.paths.frame(frame, found.extension)).then(
      (file) => file.size,
      () => -1,
    );
    return size === found.size ? found : null;
  }

  /**
   * What is kept of the frame although something came that may be in its place. A lease replaces a frame once: sent
   * again it would put back what has been rendered anew since.
   */
  async stays({ frame, replace, lease }: Arrival): Promise<KeptFrame | null> {
    const mayReplace = replace && !this.index.hasReplaced(frame, lease);
    return mayReplace ? null : this.kept(frame);
  }

  /** Runs `work` when nobody else works on this frame. */
  async inTurn<T>(frame: number, work: () => Promise<T>): Promise<T> {
    const before = this.#turns.get(frame) ?? Promise.resolve();
    const mine = before.then(work, work);
    this.#turns.set(frame, mine);
    try {
      return await mine;
    } finally {
      if (this.#turns.get(frame) === mine) this.#turns.delete(frame);
    }
  }

  /**
   * Puts a file aside whose bytes are no longer those of its digest, so that the frame can be delivered again.
   * Looks once more when it is its turn: the frame may have come anew meanwhile.
   */
  async setAside(frame: KeptFrame): Promise<void> {
    const path = this.paths.frame(frame.frame, frame.extension);
    await this.inTurn(frame.frame, async () => {
      const now = await hashFile(path).catch(() => null);
      if (now === null || now.digest === this.index.get(frame.frame)?.digest) return;
      await rename(path, `${path}.damaged`);
      this.index.drop(frame.frame);
    });
  }

  async unreported(count: number): Promise<{ reports: FrameReport[]; next: number }> {
    return this.index.read(this.#reportedUpTo, count);
  }

  /** Not synced: after a power cut some reports are repeated, which is harmless. */
  async markReported(upTo: number): Promise<void> {
    this.#reportedUpTo = upTo;
    await replaceFile(this.paths.reported, `${JSON.stringify({ upTo })}\n`);
  }
}

async function readReported(paths: JobPaths): Promise<number> {
  try {
    const { upTo } = JSON.parse(await readFile(paths.reported, 'utf8')) as { upTo: unknown };
    return Number.isSafeInteger(upTo) && Number(upTo) > 0 ? Number(upTo) : 0;
  } catch {
    return 0;
  }
}

/** Whether the job's index is longer than what was acknowledged, without reading it. */
export async function mayHaveUnreported(paths: JobPaths): Promise<boolean> {
  const size = await stat(paths.index).then(
    (file) => file.size,
    () => 0,
  );
  return size > (await readReported(paths));
}
