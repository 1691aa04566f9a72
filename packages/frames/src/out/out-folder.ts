import { setTimeout as sleep } from 'node:timers/promises';
import { type EncodeOrder, USUAL_NAMES } from '@akashganga/protocol';
import type { Logger } from 'pino';
import type { JobShelf } from '../gather/job-shelf.ts';
import { writeOut } from './write-out.ts';

export interface OutFolderOptions {
  /** Where the owner of this frame server wants the results of its jobs; null: nowhere. Nobody else is asked. */
  readonly out: string | null;
  readonly shelf: JobShelf;
  readonly log: Logger;
  /** Until what failed is tried again, milliseconds; a minute. */
  readonly retryMs?: number;
}

type Wanted = Pick<EncodeOrder, 'job' | 'name' | 'frames'>;

const RETRY_MS = 60_000;
const WHAT = new Set(['frames', 'outputs', 'film'] as const);

/** Brings the films and frames of jobs to a folder of one's choice on this computer, one job after the other. */
export class OutFolder {
  readonly #options: OutFolderOptions;
  readonly #stop = new AbortController();
  readonly #jobs = new Map<string, Wanted>();
  #running: Promise<void> | null = null;

  constructor(options: OutFolderOptions) {
    this.#options = options;
  }

  /** The film of this job is made, perhaps not for the first time. */
  filmMade(order: Wanted): void {
    if (this.#options.out === null || this.#stop.signal.aborted) return;
    this.#jobs.set(order.job, order);
    this.#running ??= this.#run(this.#options.out).finally(() => {
      this.#running = null;
    });
  }

  /** What is being copied is thrown away. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  // What goes wrong here is no matter of the job, which has its film and its frames. A full disk may have room later.
  async #run(out: string): Promise<void> {
    const { signal } = this.#stop;
    while (this.#jobs.size > 0 && !signal.aborted) {
      for (const order of [...this.#jobs.values()]) await this.#bring(out, order);
      const isLeft = this.#jobs.size > 0;
      if (isLeft)
        await sleep(this.#options.retryMs ?? RETRY_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  async #bring(out: string, order: Wanted): Promise<void> {
    const { shelf, log } = this.#options;
    const { job, name, frames } = order;
    try {
      const selection = { job, title: name, frames, what: WHAT, names: USUAL_NAMES };
      const folder = await writeOut(out, selection, shelf, this.#stop.signal);
      // It may have been made anew meanwhile.
      if (this.#jobs.get(job) === order) this.#jobs.delete(job);
      log.info({ job, folder }, 'the results of a job were brought out');
    } catch (error) {
      if (this.#stop.signal.aborted) return;
      log.error({ err: error, job, out }, 'the results of a job could not be brought out; trying again');
    }
  }
}
