import type { CommandOf } from './command.ts';
import type { FarmState, JobEntry } from './farm-state.ts';
import type { Outcome } from './outcome.ts';

/** Counts one of each resource as taken (1) or given back (-1). */
export function takeResources(state: FarmState, uses: readonly string[], change: 1 | -1): void {
  for (const name of uses) {
    const inUse = (state.inUse.get(name) ?? 0) + change;
    if (inUse > 0) state.inUse.set(name, inUse);
    else state.inUse.delete(name);
  }
}

/** The first resource of which none is left for a job, or null. */
export function missingResource(state: FarmState, job: Pick<JobEntry, 'uses'>): string | null {
  const isOut = (name: string) =>
    (state.inUse.get(name) ?? 0) >= (state.limits.get(name) ?? Number.POSITIVE_INFINITY);
  return job.uses.find(isOut) ?? null;
}

/** What a job uses was corrected: its leases count by it from now on, as they do for a manager that starts anew. */
export function recountUses(
  state: FarmState,
  job: JobEntry,
  before: readonly string[],
  outcome: Outcome,
): void {
  for (const id of job.leases) {
    const lease = state.leases.get(id);
    if (!lease || lease.isKept) continue;
    takeResources(state, lease.uses, -1);
    lease.uses = job.uses;
    takeResources(state, lease.uses, 1);
  }
  for (const other of usersOf(state, before)) outcome.jobs.add(other.id);
}

/** Open jobs that take any of these. */
export function usersOf(state: FarmState, uses: readonly string[]): JobEntry[] {
  if (uses.length === 0) return [];
  return state.open.filter((job) => job.uses.some((name) => uses.includes(name)));
}

/** What is under way goes on, also when there are fewer now; nothing new begins until there are enough. */
export function setLimit(state: FarmState, command: CommandOf<'set-limit'>, outcome: Outcome): void {
  const { name, most } = command;
  if (most === null) state.limits.delete(name);
  else state.limits.set(name, most);
  outcome.fact({ kind: 'limit', name, most });
  for (const job of usersOf(state, [name])) outcome.jobs.add(job.id);
  outcome.reply(command.request, { limits: showLimits(state) });
}

export function showLimits(state: FarmState) {
  const names = [...state.limits.keys()].sort();
  return names.map((name) => ({
    name,
    most: state.limits.get(name) ?? 0,
    inUse: state.inUse.get(name) ?? 0,
  }));
}
