import { type EncodeOrder, USUAL_NAMES } from '@akashganga/protocol';
import type { Logger } from 'pino';
import type { JobShelf } from '../gather/job-shelf.ts';
import { writeOut } from './write-out.ts';

export interface OutFolderOptions {
  /** Where the owner of this frame server wants the results of its jobs; null: nowhere. Nobody else is asked. */
  readonly out: string | null;
  readonly shelf: JobShelf;
  readonly log: Logger;
}

/** Brings the films and frames of jobs to a folder of one's choice on this computer, one job after the other. */
export class OutFolder {
  readonly #options: OutFolderOptions;
  readonly #stop = new AbortController();
  readonly #jobs = new Map<string, Pick<EncodeOrder, 'job' | 'name' | 'frames'>>();
  #running: Promise<void> | null = null;

  constructor(options: OutFolderOptions) {
    this.#options = options;
  }

  /** The film of this job is made, perhaps not for the first time. */
  filmMade(order: Pick<EncodeOrder, 'job' | 'name' | 'frames'>): void {
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

  // What goes wrong here is no matter of the job, which has its film and its frames.
  async #run(out: string): Promise<void> {
    const { shelf, log } = this.#options;
    const what = new Set(['frames', 'outputs', 'film'] as const);
    for (const [job, { name, frames }] of this.#jobs) {
      this.#jobs.delete(job);
      try {
        const selection = { job, title: name, frames, what, names: USUAL_NAMES };
        const folder = await writeOut(out, selection, shelf, this.#stop.signal);
        log.info({ job, folder }, 'the results of a job were brought out');
      } catch (error) {
        if (this.#stop.signal.aborted) return;
        log.error({ err: error, job, out }, 'the results of a job could not be brought out');
      }
    }
  }
}
