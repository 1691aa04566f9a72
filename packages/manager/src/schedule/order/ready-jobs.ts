import type { JobEntry } from '../farm-state.ts';
import { compareKeys, SortedList } from './sorted-list.ts';

/** Compares jobs: by priority, and the older one first. */
export function byTurn(a: JobEntry, b: JobEntry): number {
  return compareKeys([-a.priority, a.createdAt, a.id], [-b.priority, b.createdAt, b.id]);
}

/** What one submitter has used of the farm, in slot-seconds of rendering. */
export interface Submitter {
  readonly name: string;
  /** Open ones. */
  jobs: number;
  used: number;
  /** Where the least served of his jobs stood when it was last served. */
  clock: number;
  readonly lanes: Set<Lane>;
}

/** The jobs of one submitter, one priority and one need that have something to hand out now. */
export interface Lane {
  readonly submitter: Submitter;
  readonly priority: number;
  readonly home: ReadyJobs;
  readonly jobs: SortedList<JobEntry>;
}

/** Jobs with something to hand out: by priority, then by what their submitters and they have had, then by age. */
export class ReadyJobs {
  readonly #used: (job: JobEntry) => number;
  readonly #levels = new Map<number, SortedList<Lane>>();
  readonly #lanes = new Map<string, Lane>();
  #priorities: number[] = [];

  constructor(used: (job: JobEntry) => number) {
    this.#used = used;
  }

  /** From the highest to the lowest that any job here has. */
  get priorities(): readonly number[] {
    return this.#priorities;
  }

  level(priority: number): SortedList<Lane> | undefined {
    return this.#levels.get(priority);
  }

  put(job: JobEntry, submitter: Submitter): Lane {
    const lane = this.#laneFor(job.priority, submitter);
    lane.jobs.put(job);
    this.resort(lane);
    return lane;
  }

  delete(job: JobEntry, lane: Lane): void {
    lane.jobs.delete(job);
    const level = this.#levels.get(lane.priority);
    if (lane.jobs.size > 0) return this.resort(lane);
    level?.delete(lane);
    lane.submitter.lanes.delete(lane);
    this.#lanes.delete(laneKey(lane.priority, lane.submitter));
    if (level?.size !== 0) return;
    this.#levels.delete(lane.priority);
    this.#priorities = this.#priorities.filter((priority) => priority !== lane.priority);
  }

  /** To be called when its submitter or the first of its jobs changed. */
  resort(lane: Lane): void {
    this.#levels.get(lane.priority)?.put(lane);
  }

  #laneFor(priority: number, submitter: Submitter): Lane {
    const key = laneKey(priority, submitter);
    const known = this.#lanes.get(key);
    if (known) return known;
    const jobs = new SortedList<JobEntry>((job) => [this.#used(job), job.createdAt, job.id]);
    const lane = { submitter, priority, home: this, jobs };
    this.#lanes.set(key, lane);
    submitter.lanes.add(lane);
    if (!this.#levels.has(priority)) {
      this.#levels.set(priority, new SortedList(sortKey));
      this.#priorities = [...this.#priorities, priority].sort((a, b) => b - a);
    }
    return lane;
  }
}

function laneKey(priority: number, submitter: Submitter): string {
  return `${priority} ${submitter.name}`;
}

/** The least served submitter first, then the one with the oldest job. */
export function sortKey(lane: Lane): readonly (number | string)[] {
  return [lane.submitter.used, lane.jobs.at(0)?.createdAt ?? 0, lane.submitter.name];
}
