/** What goes wrong. Chances are of 1 and for each message or frame; the others are mean seconds between two. */
export interface Faults {
  readonly lost: number;
  readonly late: number;
  readonly doubled: number;
  readonly badFrame: number;
  readonly hangingFrame: number;
  readonly workerDies: number;
  readonly frameServerDies: number;
  readonly managerDies: number;
  readonly takeOver: number;
  readonly databaseAway: number;
  readonly clockJumps: number;
  /** Chance that a group takes seconds to be written instead of milliseconds. */
  readonly slowCommit: number;
  readonly filmFails: number;
  /** Mean seconds between two things that people do beside submitting. */
  readonly meddling: number;
}

const NEVER = Number.POSITIVE_INFINITY;

export const calm: Faults = {
  ...{ lost: 0, late: 0, doubled: 0, badFrame: 0, hangingFrame: 0, slowCommit: 0, filmFails: 0 },
  ...{ workerDies: NEVER, frameServerDies: NEVER, managerDies: NEVER, takeOver: NEVER },
  ...{ databaseAway: NEVER, clockJumps: NEVER, meddling: NEVER },
};

export const rough: Faults = {
  ...{ lost: 0.02, late: 0.02, doubled: 0.03, badFrame: 0.03, hangingFrame: 0.004 },
  ...{ slowCommit: 0.01, filmFails: 0.05 },
  ...{ workerDies: 900, frameServerDies: 2400, managerDies: 1200, takeOver: 1800 },
  ...{ databaseAway: 3600, clockJumps: 3600, meddling: 300 },
};
