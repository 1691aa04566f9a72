import type { GatherReport } from '@akashganga/protocol';
import type { Logger } from 'pino';
import type { JobShelf } from '../gather/job-shelf.ts';
import { keepTrying } from './keep-trying.ts';

export interface ReporterOptions {
  readonly shelf: JobShelf;
  readonly log: Logger;
  /** Resolves when the manager has them on disk. */
  readonly send: (reports: GatherReport[], signal: AbortSignal) => Promise<void>;
}

interface Fact {
  readonly report: GatherReport;
  readonly known: () => void;
  readonly closing: (reason: unknown) => void;
}

/**
 * Reports of one request at most. One request is under way at a time, so this bounds what a frame server gets
 * through while the manager's disk is slow; a manager takes so many in some 50 ms.
 */
const BATCH = 4000;

/**
 * Tells the manager what is stored, one request at a time, with everything that came up meanwhile in the
 * next. Frames are read from the index of their job from where the last acknowledged report ended, so
 * nothing has to be remembered; the rest is made again by the manager's orders if this process dies.
 */
export class Reporter {
  readonly #options: ReporterOptions;
  readonly #stop = new AbortController();
  readonly #jobs = new Set<string>();
  #facts: Fact[] = [];
  #running: Promise<void> | null = null;

  constructor(options: ReporterOptions) {
    this.#options = options;
  }

  /** Reports what a process before this one could not. */
  async start(): Promise<void> {
    for (const job of await this.#options.shelf.unreported()) this.frameStored(job);
  }

  /** A delivery to this job is on disk. */
  frameStored(job: string): void {
    this.#jobs.add(job);
    this.#wake();
  }

  /** Resolves when the manager has it; rejects only when the frame server closes before that. */
  tell(report: GatherReport): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#stop.signal.aborted) return reject(this.#stop.signal.reason);
      this.#facts.push({ report, known: resolve, closing: reject });
      this.#wake();
    });
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#running;
    for (const fact of this.#facts.splice(0)) fact.closing(this.#stop.signal.reason);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #wake(): void {
    if (this.#running || this.#stop.signal.aborted) return;
    this.#running = this.#run().finally(() => {
      this.#running = null;
      if (this.#jobs.size > 0 || this.#facts.length > 0) this.#wake();
    });
  }

  async #run(): Promise<void> {
    try {
      while (!this.#stop.signal.aborted && (this.#jobs.size > 0 || this.#facts.length > 0))
        await this.#sendBatch();
    } catch (error) {
      if (!this.#stop.signal.aborted) this.#options.log.error({ err: error }, 'reporting failed');
    }
  }

  async #sendBatch(): Promise<void> {
    const batch: GatherReport[] = [];
    const sent: { job: string; upTo: number }[] = [];
    for (const job of [...this.#jobs]) {
      if (batch.length >= BATCH) break;
      this.#jobs.delete(job);
      const upTo = await this.#collect(job, batch);
      if (upTo !== null) sent.push({ job, upTo });
    }
    const facts = this.#facts.splice(0, BATCH);
    batch.push(...facts.map((fact) => fact.report));
    try {
      await this.#send(batch);
    } catch (error) {
      this.#facts.unshift(...facts);
      throw error;
    }
    for (const { job, upTo } of sent) await this.#acknowledged(job, upTo);
    for (const fact of facts) fact.known();
  }

  async #send(batch: GatherReport[]): Promise<void> {
    const { signal } = this.#stop;
    if (batch.length > 0)
      await keepTrying(() => this.#options.send(batch, signal), signal, this.#options.log);
  }

  // Puts the job's next reports into the batch. Null when there is nothing of it to report any more.
  async #collect(job: string, batch: GatherReport[]): Promise<number | null> {
    try {
      return await this.#options.shelf.use(job, async (gathered) => {
        if (!gathered.hasUnreported) return null;
        const { reports, next } = await gathered.unreported(BATCH - batch.length);
        batch.push(...reports);
        return next;
      });
    } catch (error) {
      this.#options.log.warn({ err: error, job }, 'the frames of a job cannot be reported');
      return null;
    }
  }

  async #acknowledged(job: string, upTo: number): Promise<void> {
    try {
      await this.#options.shelf.use(job, async (gathered) => {
        await gathered.markReported(upTo);
        if (gathered.hasUnreported) this.#jobs.add(job);
      });
    } catch (error) {
      this.#options.log.warn({ err: error, job }, 'an acknowledgement could not be kept');
      this.#jobs.add(job);
    }
  }
}
