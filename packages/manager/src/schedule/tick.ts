import type { FarmState } from './farm-state.ts';
import { loseLeases } from './lost.ts';
import type { Outcome } from './outcome.ts';
import { forgetRecalls } from './tail.ts';

/** A worker beats every 3 s; after this long without a sign of life its frames go to others. */
export const LOST_AFTER_MS = 8_000;
/** A frame server keeps a request open that is answered within 25 s. */
const UNREACHABLE_AFTER_MS = 40_000;

/** Called each second; after a longer gap it is the manager that was away (suspended, or its clock was set). */
const GAP_MS = 5_000;

/** What only time brings about: workers and frame servers that fell silent. To be called each second. */
export function tick(state: FarmState, now: number, outcome: Outcome): void {
  if (wasAway(state, now)) hearEveryoneAnew(state, now);
  state.tickedAt = now;
  for (const worker of state.workers.values()) {
    // An open request is no sign of life: a computer without power leaves it open. Beats come all the time.
    if (worker.state === 'lost' || now - worker.seenAt < LOST_AFTER_MS) continue;
    worker.state = 'lost';
    worker.since = now;
    worker.slotReports = [];
    loseLeases(state, worker, now, outcome);
    outcome.workers.add(worker.hello.id);
  }
  forgetRecalls(state, now);
  for (const entry of state.frameServers.values()) {
    if (!entry.reachable || now - entry.seenAt < UNREACHABLE_AFTER_MS || state.gathering.has(entry.hello.id))
      continue;
    entry.reachable = false;
    outcome.frameServers.add(entry.hello.id);
  }
}

function wasAway(state: FarmState, now: number): boolean {
  return state.tickedAt !== null && (now < state.tickedAt || now - state.tickedAt > GAP_MS);
}

// Whoever is alive says so soon; to take all of them for lost would throw away what they render.
function hearEveryoneAnew(state: FarmState, now: number): void {
  for (const worker of state.workers.values()) worker.seenAt = now;
  for (const entry of state.frameServers.values()) entry.seenAt = now;
}
