import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { FarmError, JobId } from '@akashganga/protocol';
import { jobPaths, jobsFolder, unfinishedFolder } from '../files/job-paths.ts';
import { GatheredJob, mayHaveUnreported } from './gathered-job.ts';

interface OpenJob {
  readonly job: Promise<GatheredJob>;
  users: number;
}

const JOBS_IN_MEMORY = 16;
const FORGOTTEN_KEPT = 10_000;

/** All jobs of this frame server. The ones used last are in memory, the others are read when they are asked for. */
export class JobShelf {
  readonly #folder: string;
  readonly #open = new Map<string, OpenJob>();
  readonly #forgotten = new Set<string>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Runs `work` with the job. A job without files is empty. Throws `job.unknown` for one that was forgotten. */
  async use<T>(job: string, work: (gathered: GatheredJob) => Promise<T>): Promise<T> {
    if (this.#forgotten.has(job)) throw new FarmError('job.unknown', { job });
    const open = this.#take(job);
    open.users += 1;
    try {
      return await work(await open.job);
    } catch (error) {
      // Its files went while they were used.
      if (this.#forgotten.has(job)) throw new FarmError('job.unknown', { job }, { cause: error });
      // An index that could not be read is tried anew by the next one.
      open.job.catch(() => this.#open.delete(job));
      throw error;
    } finally {
      open.users -= 1;
      this.#putBack();
      // What was still on its way when the job was forgotten has made its folder again.
      if (this.#forgotten.has(job))
        await rm(jobPaths(this.#folder, job).folder, { recursive: true, force: true });
    }
  }

  /** Deletes everything of the job. What is still being delivered to it is refused from now on. */
  async forget(job: string): Promise<void> {
    for (const oldest of this.#forgotten) {
      if (this.#forgotten.size < FORGOTTEN_KEPT) break;
      this.#forgotten.delete(oldest);
    }
    this.#forgotten.add(job);
    this.#open.delete(job);
    const doomed = join(unfinishedFolder(this.#folder), `forgotten-${randomUUID()}`);
    try {
      await rename(jobPaths(this.#folder, job).folder, doomed);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
    await rm(doomed, { recursive: true, force: true });
  }

  /** Jobs with deliveries that the manager may not know of: some after a start, none else. */
  async unreported(): Promise<string[]> {
    await mkdir(jobsFolder(this.#folder), { recursive: true });
    const found: string[] = [];
    for (const job of await readdir(jobsFolder(this.#folder)))
      if (JobId.safeParse(job).success && (await mayHaveUnreported(jobPaths(this.#folder, job))))
        found.push(job);
    return found;
  }

  #take(job: string): OpenJob {
    const known = this.#open.get(job);
    this.#open.delete(job);
    const open = known ?? { job: GatheredJob.open(jobPaths(this.#folder, job)), users: 0 };
    this.#open.set(job, open);
    return open;
  }

  #putBack(): void {
    for (const [job, { users }] of this.#open) {
      if (this.#open.size <= JOBS_IN_MEMORY) return;
      if (users === 0) this.#open.delete(job);
    }
  }
}
