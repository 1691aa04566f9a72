import { answerAsk } from './answer-ask.ts';
import type {
  FarmState,
  FrameServerEntry,
  JobEntry,
  LeaseEntry,
  OpenAsk,
  WorkerEntry,
} from './farm-state.ts';
import { waitingFor } from './hasty.ts';
import { failJob } from './job-life.ts';
import { openLease } from './leases.ts';
import { hasTags, isAloneOn, lacks, mayTake, takesWork } from './match.ts';
import { expectedSeconds } from './order/expected.ts';
import { isReady } from './order/is-ready.ts';
import type { Kind } from './order/kinds.ts';
import { orderFilms } from './order-films.ts';
import type { Outcome } from './outcome.ts';
import { usersOf } from './resources.ts';
import { stepsAside } from './steps-aside.ts';
import { helpTail } from './tail.ts';
import { noneFits, versionsFor } from './which-blender.ts';

/** What a lease should keep a slot busy for. Longer ones cost less talk, shorter ones share better. */
const LEASE_SECONDS = 30;
const LONGEST_LEASE = 1000;
/** The least where other jobs wait: slots that run out of this one go on with those, so its last frames need no care. */
const LEAST_SECONDS = 2;
/** What a frame is charged with while nobody knows how long this job's take. */
const UNKNOWN_SECONDS = 10;
/** How much more than its share a job may have had and still keep the slots that have its scene open. */
const STAY_SECONDS = 60;

/** Gives everyone who waits what there is for them now. Looks only at what changed, and at who may be given that. */
export function handOut(state: FarmState, now: number, outcome: Outcome): void {
  const { index } = state;
  index.refresh(state, outcome);
  placeJobs(state, outcome);
  for (const id of state.gathering.keys()) orderFilms(state, id, outcome);
  failUnmatched(state, now, outcome);
  while (index.fresh.size > 0 || index.workers.restless.size > 0) {
    for (const job of index.fresh) {
      index.fresh.delete(job);
      offer(state, job, now, outcome);
    }
    const restless = [...index.workers.restless].flatMap((id) => state.asking.get(id) ?? []);
    index.workers.restless.clear();
    // Slots with nothing to do come before those that only want their next lease early.
    for (const ask of restless.sort((a, b) => Number(b.idle > 0) - Number(a.idle > 0)))
      if (state.asking.get(ask.worker) === ask) serveAsk(state, ask, now, outcome);
  }
}

/** Offers a job to those who wait: slots with nothing to do first, and of them those of the fastest workers. */
function offer(state: FarmState, job: JobEntry, now: number, outcome: Outcome): void {
  const lists = [...state.index.kindsFor(job)].map((kind) => kind.idle);
  const at = lists.map(() => 0);
  while (isReady(state, job)) {
    let best = -1;
    let ask: OpenAsk | undefined;
    for (const [number, list] of lists.entries()) {
      const next = list.at(at[number] ?? 0);
      if (!next || (ask && next.pace >= ask.pace)) continue;
      best = number;
      ask = next;
    }
    if (!ask) break;
    if (!serveAsk(state, ask, now, outcome)) at[best] = (at[best] ?? 0) + 1;
  }
  for (const kind of state.index.kindsFor(job))
    for (const ask of kind.early) {
      if (!state.index.isPlenty(job)) return;
      serveAsk(state, ask, now, outcome);
    }
}

/** Answers a request if there is something for it; false when it stays open. */
function serveAsk(state: FarmState, open: OpenAsk, now: number, outcome: Outcome): boolean {
  const worker = state.workers.get(open.worker);
  if (!worker) return false;
  const granted = takesWork(worker) ? grant(state, worker, open, now, outcome) : [];
  if (granted.length > 0 || heldButEnded(worker, open)) {
    answerAsk(state, worker, granted, outcome);
    return true;
  }
  if (!takesWork(worker)) return false;
  state.index.workers.shelve(open);
  return open.idle > 0 && open.want > 0 && helpTail(state, worker, now, outcome);
}

// A lease that this worker still renders was ended (canceled, lost, rendered by another): it must stop.
function heldButEnded(worker: WorkerEntry, open: OpenAsk): boolean {
  return open.busyWith.some((lease) => !worker.leases.has(lease));
}

function grant(
  state: FarmState,
  worker: WorkerEntry,
  open: OpenAsk,
  now: number,
  outcome: Outcome,
): string[] {
  const granted: string[] = [];
  while (granted.length < open.want) {
    const idle = granted.length < open.idle;
    const lease = nextLease(state, worker, idle, now, outcome);
    if (!lease) break;
    granted.push(lease.id);
  }
  return granted;
}

function nextLease(
  state: FarmState,
  worker: WorkerEntry,
  idle: boolean,
  now: number,
  outcome: Outcome,
): LeaseEntry | null {
  const { index } = state;
  const job = nextJob(state, worker, idle, now);
  if (!job) return null;
  // The last frames are for slots that are free now, not for a queue behind a busy one. Nothing of a job
  // behind this one is queued either: slots that never run dry would never come back for them.
  if (job.state === 'active' && !idle && !index.isPlenty(job)) return null;
  const waiting = job.board?.count('waiting') ?? 0;
  const expected = expectedSeconds(job, worker);
  const least = index.hasOther(worker, job) ? LEAST_SECONDS : 0;
  const length = isAloneOn(worker, job)
    ? 1
    : leaseLength({ chunk: job.chunk, frameSeconds: expected }, waiting, index.slotsFor(job), least);
  const indices = job.state === 'queued' ? [] : waitingFor(job, worker, length);
  const lease = openLease(state, job, worker, indices, { cost: expected ?? UNKNOWN_SECONDS }, now, outcome);
  index.fileJob(state, job, false);
  for (const other of usersOf(state, lease.uses)) index.fileJob(state, other, false);
  return lease;
}

/** The job whose turn it is on this worker, or the one it has open as long as that takes little from the others. */
function nextJob(state: FarmState, worker: WorkerEntry, isIdle: boolean, now: number): JobEntry | null {
  const { index } = state;
  const kind = index.workers.of(worker.hello.id);
  if (!kind) return null;
  let before = 0;
  for (const job of index.candidates(kind)) {
    if (!mayTake(state, worker, job)) continue;
    if (stepsAside(state, job, worker, { before, isIdle }, now)) {
      index.leftToFaster.add(job);
      before += (job.board?.count('waiting') ?? 0) * (job.frameSeconds ?? 0);
      continue;
    }
    const last = state.jobs.get(worker.lastJob ?? '');
    return last && last !== job && mayStay(state, kind, worker, last, job) ? last : job;
  }
  return null;
}

// To open another scene costs seconds of a slot, so turns are not shorter than a minute.
function mayStay(state: FarmState, kind: Kind, worker: WorkerEntry, last: JobEntry, next: JobEntry): boolean {
  if (last.priority !== next.priority || next.state === 'queued') return false;
  if (!isReady(state, last) || !mayTake(state, worker, last) || !state.index.isKindFor(kind, last))
    return false;
  const [mine, other] = [state.index.usedBy(last), state.index.usedBy(next)];
  return mine.job <= other.job + STAY_SECONDS && mine.submitter <= other.submitter + STAY_SECONDS;
}

/**
 * Frames for one lease: about half a fair share of what is left, so that the slots finish together, but enough for
 * `leastSeconds`.
 */
export function leaseLength(
  job: Pick<JobEntry, 'chunk' | 'frameSeconds'>,
  waiting: number,
  slots: number,
  leastSeconds = 0,
): number {
  if (job.chunk !== null) return job.chunk;
  if (job.frameSeconds === null) return 1;
  const framesIn = (seconds: number) => Math.floor(seconds / Math.max(0.001, job.frameSeconds ?? 1));
  const share = Math.max(framesIn(leastSeconds), Math.ceil(waiting / (2 * slots)));
  return Math.max(1, Math.min(framesIn(LEASE_SECONDS), share, LONGEST_LEASE));
}

// When workers are here and every one of them can have only other Blenders, waiting helps nobody. One that
// can have none at all may yet be given one.
function failUnmatched(state: FarmState, now: number, outcome: Outcome): void {
  const { index } = state;
  if (index.unmatched.size === 0 || (!index.workers.haveChanged && outcome.heads.size === 0)) return;
  index.workers.haveChanged = false;
  for (const job of index.unmatched) {
    if ([...index.kindsFor(job)].some((kind) => kind.alive > 0)) {
      index.unmatched.delete(job);
      continue;
    }
    const alive = [...index.workers.all.values()].filter((kind) => kind.alive > 0).map((kind) => kind.sample);
    const versions = alive
      .filter((one) => hasTags(one, job) && lacks(one, job) === null)
      .map((one) => versionsFor(state, one));
    if (versions.length === 0 || versions.some((some) => some.length === 0)) continue;
    const error = noneFits(job, [...new Set(versions.flat())]);
    failJob(state, job, { code: error.code, says: error.says }, now, outcome);
    index.fileJob(state, job, true);
  }
}

function placeJobs(state: FarmState, outcome: Outcome): void {
  if (state.index.unplaced.size === 0 || (outcome.jobs.size === 0 && outcome.frameServers.size === 0)) return;
  for (const job of state.index.unplaced) {
    chooseFrameServer(state, job, outcome);
    if (job.frameServer === null) continue;
    state.index.fileJob(state, job, true);
  }
}

function chooseFrameServer(state: FarmState, job: JobEntry, outcome: Outcome): void {
  // One that is still to delete what it had of this job would delete what comes now.
  const reachable = [...state.frameServers.values()].filter(
    (entry) => entry.reachable && !entry.forget.has(job.id),
  );
  if (reachable.length === 0) return;
  const load = new Map<string, number>();
  for (const { frameServer } of state.open)
    if (frameServer !== null) load.set(frameServer, (load.get(frameServer) ?? 0) + 1);
  const loadOf = (entry: FrameServerEntry) => load.get(entry.hello.id) ?? 0;
  const [best] = reachable.sort((a, b) => loadOf(a) - loadOf(b));
  job.frameServer = best?.hello.id ?? null;
  outcome.job(job);
}
