import { lostAfter } from './beats.ts';
import { forgiveWorker } from './control-commands.ts';
import { AVOID_MS, SICK_MS } from './failures.ts';
import type { FarmState } from './farm-state.ts';
import { leaveGoneFrameServers } from './gone-frame-servers.ts';
import { seekAgain, seekNoLonger } from './kept-frames.ts';
import { framesOnlyHere, loseLeases } from './lost.ts';
import type { Outcome } from './outcome.ts';
import { sleepOrWake } from './sleep/sleep-or-wake.ts';
import { forgetRecalls } from './tail.ts';

/** A frame server keeps a request open that is answered within 25 s. */
const UNREACHABLE_AFTER_MS = 40_000;

/** Between two ticks. */
const TICK_MS = 1000;

/** A tick that comes later than that says that the manager was deaf: overloaded, suspended, or its clock was set. */
const LATE_MS = 1000;

/** Workers that did not say what they keep are asked again this often. */
const SEEK_MS = 5000;
const MINUTE_MS = 60_000;

/** What only time brings about: workers and frame servers that fell silent. To be called each second. */
export function tick(state: FarmState, now: number, outcome: Outcome): void {
  allowForDeafness(state, now);
  const isNewMinute = hasBegun(MINUTE_MS, state, now);
  const isSeekTime = hasBegun(SEEK_MS, state, now);
  state.tickedAt = now;
  state.index.measure(state);
  if (isNewMinute) eachMinute(state, now, outcome);
  startThoseThatWaited(state, now, outcome);
  const silence = lostAfter(state.workers.size);
  for (const worker of state.workers.values()) {
    // An open request is no sign of life: a computer without power leaves it open. Beats come all the time.
    if (worker.state === 'lost' || now - worker.seenAt < silence) continue;
    worker.state = 'lost';
    worker.since = now;
    worker.slotReports = [];
    worker.lostFrames = framesOnlyHere(state, worker);
    loseLeases(state, worker, now, outcome);
    outcome.workers.add(worker.hello.id);
  }
  forgetRecalls(state, now);
  for (const entry of state.frameServers.values()) {
    if (!entry.reachable || now - entry.seenAt < UNREACHABLE_AFTER_MS || state.gathering.has(entry.hello.id))
      continue;
    entry.reachable = false;
    outcome.frameServers.add(entry.hello.id);
    leaveFrameServer(state, entry.hello.id, outcome);
  }
  leaveGoneFrameServers(state, now, outcome);
  seekNoLonger(state, now, outcome);
  if (isSeekTime && state.seeking.size > 0) seekAgain(state, outcome);
}

// Whoever is alive has spoken meanwhile and is heard soon; to take them for lost would throw away what they render.
function allowForDeafness(state: FarmState, now: number): void {
  if (state.tickedAt === null) return;
  const isSetBack = now < state.tickedAt;
  const late = now - state.tickedAt - TICK_MS;
  if (!isSetBack && late <= LATE_MS) return;
  for (const one of [...state.workers.values(), ...state.frameServers.values()])
    one.seenAt = isSetBack ? now : Math.min(now, one.seenAt + late);
}

/** Whether another span of so many milliseconds has begun since the last tick. */
function hasBegun(span: number, state: FarmState, now: number): boolean {
  return state.tickedAt === null || Math.floor(now / span) !== Math.floor(state.tickedAt / span);
}

/** Hours of sleep begin and end, and what workers did wrong is forgiven. */
function eachMinute(state: FarmState, now: number, outcome: Outcome): void {
  for (const worker of state.workers.values()) {
    if (worker.settings.sleep !== null) sleepOrWake(state, worker, now, outcome);
    if (worker.sick && (now >= worker.sick.until || worker.sick.until - now > SICK_MS)) {
      forgiveWorker(worker, now);
      outcome.worker(worker);
    }
  }
  for (const job of state.open)
    for (const [worker, { at }] of job.machineProblems) {
      if (Math.abs(now - at) < AVOID_MS) continue;
      job.machineProblems.delete(worker);
      outcome.jobs.add(job.id);
      outcome.heads.add(job.id);
    }
}

function startThoseThatWaited(state: FarmState, now: number, outcome: Outcome): void {
  for (const job of state.open) {
    if (job.afterTime === null && job.afterJob === null) continue;
    const other = state.jobs.get(job.afterJob ?? '');
    const isTime = job.afterTime !== null && now >= job.afterTime;
    // One that was deleted cannot be waited for, and one that ended before this manager started has left memory.
    const isDone = job.afterJob !== null && (!other || other.state === 'completed');
    if (isTime) job.afterTime = null;
    if (isDone) job.afterJob = null;
    if (isTime || isDone) outcome.job(job);
  }
}

// Its other jobs wait for it: it has their frames.
function leaveFrameServer(state: FarmState, id: string, outcome: Outcome): void {
  for (const job of state.open) {
    if (job.frameServer !== id || job.leases.size > 0 || (job.board?.count('done') ?? 0) > 0) continue;
    job.frameServer = null;
    outcome.job(job);
  }
}
