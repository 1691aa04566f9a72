import {
  type BoardRow,
  farmFromRows,
  jobFromRows,
  type LeaseRow,
  type WorkerRow,
} from '../../../packages/manager/src/record/farm-from-rows.ts';
import { foldFacts } from '../../../packages/manager/src/record/fold-facts.ts';
import type { Fact, FarmState, JobEntry, JobHead } from '../../../packages/manager/src/schedule/index.ts';

interface JobRow {
  readonly id: string;
  readonly state: string;
  readonly created_at: number;
  readonly head: JobHead;
}
type ServerRow = { readonly id: string; readonly hello: unknown; readonly host: string };
type ForgetRow = { readonly frame_server: string; readonly job: string };

/**
 * The tables of a farm in memory. Facts are folded into rows and rows made into a farm by the code that
 * does it for PostgreSQL; only the statements between the two are played here, in the same order.
 */
export class Shelf {
  readonly jobs = new Map<string, JobRow>();
  readonly frames = new Map<string, Map<number, BoardRow>>();
  readonly leases = new Map<string, LeaseRow>();
  readonly #workers = new Map<string, WorkerRow>();
  readonly #frameServers = new Map<string, ServerRow>();
  readonly #limits = new Map<string, { name: string; most: number }>();
  readonly #forgets = new Map<string, ForgetRow>();

  write(facts: readonly Fact[]): void {
    if (facts.length === 0) return;
    const rows = foldFacts(facts);
    for (const job of rows.deletedJobs) this.#deleteJob(job);
    for (const worker of rows.deletedWorkers) this.#workers.delete(worker);
    for (const row of rows.frameServers.values() as Iterable<ServerRow>) this.#frameServers.set(row.id, row);
    for (const [id, row] of rows.workers) this.#workers.set(id, row as unknown as WorkerRow);
    for (const { id, frames_done } of rows.tallies.values()) {
      const worker = this.#workers.get(id);
      if (worker) this.#workers.set(id, { ...worker, frames_done });
    }
    for (const [id, row] of rows.jobs) this.jobs.set(id, row as JobRow);
    for (const job of rows.lostFrames) this.#loseFrames(job);
    for (const row of rows.frames.values()) this.#putFrame(row as unknown as BoardRow & { job: string });
    for (const [id, row] of rows.leases) this.leases.set(id, row as unknown as LeaseRow);
    for (const [id, row] of rows.narrowed) this.#narrow(id, row as { frames: string | null });
    for (const row of rows.forgets as ForgetRow[]) this.#forgets.set(`${row.frame_server} ${row.job}`, row);
    for (const row of rows.forgotten as ForgetRow[]) this.#forgets.delete(`${row.frame_server} ${row.job}`);
    for (const { name, most } of rows.limits.values())
      if (most === null) this.#limits.delete(name);
      else this.#limits.set(name, { name, most });
    for (const id of rows.closed) this.leases.delete(id);
  }

  #loseFrames(job: string): void {
    const left = [...(this.frames.get(job) ?? [])].filter(([, row]) => row.state !== 'done');
    this.frames.set(job, new Map(left));
  }

  #putFrame(row: BoardRow & { job: string }): void {
    const ofJob = this.frames.get(row.job) ?? new Map<number, BoardRow>();
    ofJob.set(row.frame, row);
    this.frames.set(row.job, ofJob);
  }

  #narrow(id: string, { frames }: { frames: string | null }): void {
    const lease = this.leases.get(id);
    if (lease) this.leases.set(id, { ...lease, frames });
  }

  // As the foreign keys do it.
  #deleteJob(id: string): void {
    this.jobs.delete(id);
    this.frames.delete(id);
    for (const lease of this.leases.values()) if (lease.job === id) this.leases.delete(lease.id);
  }

  /** The farm as a manager that starts now reads it back. */
  rebuild(leasePrefix: string, now: number): FarmState {
    const unfinished = [...this.jobs.values()].filter((row) =>
      ['queued', 'active', 'paused'].includes(row.state),
    );
    unfinished.sort((a, b) => a.created_at - b.created_at || (a.id < b.id ? -1 : 1));
    return farmFromRows(
      {
        workers: [...this.#workers.values()],
        frameServers: [...this.#frameServers.values()],
        forgets: [...this.#forgets.values()],
        builds: [],
        limits: [...this.#limits.values()],
        jobs: unfinished.map(({ id, head }) => ({ head: copy(head), frames: this.#framesOf(id) })),
        leases: [...this.leases.values()],
      },
      leasePrefix,
      now,
    );
  }

  /** Another one with the same rows; rows are replaced and never changed, so they are shared. */
  copy(): Shelf {
    const other = new Shelf();
    for (const [id, row] of this.jobs) other.jobs.set(id, row);
    for (const [job, rows] of this.frames) other.frames.set(job, new Map(rows));
    for (const [id, row] of this.leases) other.leases.set(id, row);
    for (const [id, row] of this.#workers) other.#workers.set(id, row);
    for (const [id, row] of this.#frameServers) other.#frameServers.set(id, row);
    for (const [name, row] of this.#limits) other.#limits.set(name, row);
    for (const [key, row] of this.#forgets) other.#forgets.set(key, row);
    return other;
  }

  readJob(id: string): JobEntry | null {
    const row = this.jobs.get(id);
    return row ? jobFromRows(copy(row.head), this.#framesOf(id)) : null;
  }

  #framesOf(job: string): BoardRow[] {
    return [...(this.frames.get(job)?.values() ?? [])];
  }
}

// The database gives back what JSON keeps.
function copy<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
