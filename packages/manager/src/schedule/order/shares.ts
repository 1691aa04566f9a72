import type { Lane, Submitter } from './ready-jobs.ts';

/** Of the whole farm, for how long someone who had little so far comes first. */
const CREDIT_SECONDS = 60;
/** Submitters remembered before those without jobs are forgotten. */
const MOST_SUBMITTERS = 1000;

/** What a job has had, in slot-seconds; kept by whoever files it. */
export interface Account {
  readonly submitter: Submitter;
  used: number;
}

/**
 * Who has had how much of the farm. Whoever had least comes first, but for no more than a minute of the whole
 * farm: what was long ago, or before he came, is forgotten, so nobody can save up and nobody has to catch up.
 */
export class Shares {
  readonly #submitters = new Map<string, Submitter>();
  /** Where the least served submitter stood when he was last served. */
  #clock = 0;

  submitterOf(name: string): Submitter {
    const known = this.#submitters.get(name);
    if (known) return known;
    if (this.#submitters.size >= MOST_SUBMITTERS)
      for (const one of this.#submitters.values()) if (one.jobs === 0) this.#submitters.delete(one.name);
    const submitter = { name, jobs: 0, used: 0, clock: 0, lanes: new Set<Lane>() };
    this.#submitters.set(name, submitter);
    return submitter;
  }

  /** All are filed anew; what they have had stays. */
  unfile(): void {
    for (const submitter of this.#submitters.values()) {
      submitter.lanes.clear();
      submitter.jobs = 0;
    }
  }

  /** `slots` is the size of the farm. */
  charge(account: Account, seconds: number, slots: number): void {
    const { submitter } = account;
    const credit = CREDIT_SECONDS * Math.max(1, slots);
    submitter.used = Math.max(submitter.used, this.#clock - credit);
    this.#clock = Math.max(this.#clock, submitter.used);
    account.used = Math.max(account.used, submitter.clock - credit);
    submitter.clock = Math.max(submitter.clock, account.used);
    this.amend(account, seconds);
  }

  /** Puts right what was charged before it was known. */
  amend(account: Account, seconds: number): void {
    account.used += seconds;
    account.submitter.used += seconds;
  }
}
