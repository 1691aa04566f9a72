import type { RenderedFrames } from '@akashganga/protocol';
import type {
  FarmState,
  JobEntry,
  LeaseEntry,
  WorkerEntry,
} from '../../../packages/manager/src/schedule/index.ts';
import { must } from '../world/world.ts';

const HELD = new Set(['leased', 'rendering', 'delivering']);
const ENDED = ['completed', 'failed', 'canceled'];

/** What must be true of a job at every moment: its frames, their holders and its film agree. */
export function checkJob(state: FarmState, job: JobEntry): void {
  const recount: Record<string, number> = {};
  const { board } = job;
  for (let index = 0; board && index < board.size; index += 1) {
    const is = board.state(index);
    recount[is] = (recount[is] ?? 0) + 1;
    const isHeld = HELD.has(is);
    const holder = job.holders.get(index);
    must(
      isHeld === (holder !== undefined),
      () => `frame ${board.numbers[index]} of ${job.id} is ${is} and its holder ${holder}`,
    );
    if (!isHeld) continue;
    const frame = board.numbers[index] ?? 0;
    must(
      state.leases.get(holder ?? '')?.open.has(frame) === true,
      () => `frame ${frame} of ${job.id} is ${is} and not open in its lease ${holder}`,
    );
  }
  for (const [name, count] of Object.entries(board?.counts() ?? {}))
    if (name !== 'total')
      must(count === (recount[name] ?? 0), () => `${job.id} counts ${count} ${name}, not ${recount[name]}`);
  const done = board?.count('done') ?? 0;
  if (['waiting', 'encoding', 'done'].includes(job.film.state))
    must(
      done + (board?.count('failed') ?? 0) === board?.size && done > 0,
      () => `${job.id} has a film that is ${job.film.state} with ${done} of ${board?.size} frames`,
    );
  if (job.state === 'completed')
    must(
      job.film.state === (job.film.settings.none === true ? 'none' : 'done'),
      () => `${job.id} is completed with a film that is ${job.film.state}`,
    );
  if (ENDED.includes(job.state))
    must(job.leases.size === 0 && job.endedAt !== null, () => `${job.id} has ended and has leases`);
  const isOpen = job.state === 'queued' || job.state === 'active';
  must(state.open.includes(job) === isOpen, () => `${job.id} is ${job.state} and in the wrong list`);
}

/** What must be true of all leases: each frame in one of them, and each known to its job and worker. */
export function checkLeases(state: FarmState): void {
  const seen = new Set<string>();
  for (const lease of state.leases.values()) {
    const job = state.jobs.get(lease.job);
    must(job?.leases.has(lease.id) === true, () => `${lease.id} is not known to its job`);
    must(state.workers.get(lease.worker)?.leases.has(lease.id) === true, () => `${lease.id} has no worker`);
    must(lease.kind === 'probe' || lease.open.size > 0, () => `${lease.id} is empty`);
    for (const frame of lease.open) {
      const key = `${lease.job} ${frame}`;
      if (lease.isDouble) {
        checkDouble(job, frame, lease.id);
        continue;
      }
      must(!seen.has(key), () => `frame ${key} is in two leases`);
      seen.add(key);
      must(
        job?.holders.get(job.board?.indexOf(frame) ?? -1) === lease.id,
        () => `frame ${key} has another holder than ${lease.id}`,
      );
    }
  }
  for (const job of state.jobs.values())
    for (const id of job.leases)
      must(state.leases.has(id), () => `${job.id} has a lease ${id} that is not there`);
  for (const worker of state.workers.values()) {
    must(
      worker.state !== 'lost' || worker.leases.size === 0,
      () => `${worker.hello.id} is lost and has leases`,
    );
    for (const id of worker.leases)
      must(state.leases.has(id), () => `${worker.hello.id} has a lease ${id} that is not there`);
  }
}

/** Whoever is given work may have it, and the job may be worked at. To deliver what is there is no work. */
export function checkOpened(state: FarmState, lease: LeaseEntry): void {
  if (lease.isKept) return;
  const worker = state.workers.get(lease.worker);
  const job = state.jobs.get(lease.job);
  if (!worker || !job) return;
  const { tags } = worker.hello;
  must(
    job.tags.every((tag) => tags.includes(tag)),
    () => `${job.id} asks for ${job.tags} and was given to ${worker.hello.id}`,
  );
  checkBounds(state, job, worker, lease);
  const takes = ['idle', 'preparing', 'rendering', 'delivering'];
  must(
    !worker.draining && takes.includes(worker.state),
    () => `${worker.hello.id} is ${worker.state} and was given ${lease.id}`,
  );
}

/** Nothing is handed out beyond a limit; what was under way when it was lowered goes on. */
function checkBounds(state: FarmState, job: JobEntry, worker: WorkerEntry, lease: LeaseEntry): void {
  must(job.afterJob === null, () => `${job.id} waits for ${job.afterJob} and was given to ${lease.worker}`);
  const { memory = 0 } = job.needs;
  must(
    worker.hello.memory * 1.04 + 2 ** 28 >= memory,
    () => `${job.id} needs ${memory} bytes and was given to ${lease.worker}`,
  );
  const most = job.probe?.order === 'sequence' ? 1 : (job.maxSlots ?? Number.POSITIVE_INFINITY);
  must(slotsOf(state, job) <= most, () => `${job.id} has ${slotsOf(state, job)} slots and may have ${most}`);
  for (const name of lease.uses) {
    const limit = state.limits.get(name) ?? Number.POSITIVE_INFINITY;
    must(
      usesOf(state, name) <= limit,
      () => `${usesOf(state, name)} leases use ${name}, of which there are ${limit}`,
    );
  }
  const others = jobsOf(state, worker, lease);
  const { maxJobs } = worker.settings;
  must(
    maxJobs === null || others.has(job.id) || others.size < maxJobs,
    () => `${lease.worker} has ${others.size} jobs of ${maxJobs} and was given ${job.id}`,
  );
}

/** The jobs of which a worker has leases to render, but for this one. */
function jobsOf(state: FarmState, worker: WorkerEntry, except?: LeaseEntry): Set<string> {
  const leases = [...worker.leases].flatMap((id) => state.leases.get(id) ?? []);
  return new Set(leases.filter((one) => one !== except && !one.isKept).map((one) => one.job));
}

function slotsOf(state: FarmState, job: JobEntry): number {
  return [...job.leases].filter((id) => state.leases.get(id)?.isKept === false).length;
}

function usesOf(state: FarmState, name: string): number {
  return [...state.leases.values()].filter((lease) => lease.uses.includes(name)).length;
}

/** Whether a bound of the job, of the farm or of this worker keeps it from being handed out. */
function isBound(state: FarmState, job: JobEntry, worker: WorkerEntry): boolean {
  if (job.afterJob !== null || job.afterTime !== null || job.soughtUntil !== null) return true;
  if ((job.needs.memory ?? 0) > worker.hello.memory) return true;
  const most = job.probe?.order === 'sequence' ? 1 : (job.maxSlots ?? Number.POSITIVE_INFINITY);
  if (job.leases.size >= most) return true;
  if (job.uses.some((name) => usesOf(state, name) >= (state.limits.get(name) ?? Number.POSITIVE_INFINITY)))
    return true;
  const jobs = jobsOf(state, worker);
  if ([...worker.leases].some((id) => state.leases.get(id)?.isAlone)) return true;
  const { maxJobs } = worker.settings;
  // Where the bound was lowered, it goes on with some of them only.
  return maxJobs !== null && (jobs.size > maxJobs || (jobs.size === maxJobs && !jobs.has(job.id)));
}

// A frame may be rendered a second time on purpose, beside the lease that has it.
function checkDouble(job: JobEntry | undefined, frame: number, lease: string): void {
  const index = job?.board?.indexOf(frame) ?? -1;
  must(job?.doubles.get(index) === lease, () => `frame ${frame} of ${lease} is not known as a double`);
  must(job?.holders.has(index) === true, () => `frame ${frame} of ${lease} is a double of nothing`);
}

/**
 * Nothing that a worker could render waits while that worker has a free slot and has asked. `leftFor` remembers for how many
 * ticks jobs have been left to faster workers of which there are none any more.
 */
export function checkNobodyWaits(state: FarmState, leftFor: Map<string, number>, isTick: boolean): void {
  if (isTick) for (const [job, ticks] of leftFor) leftFor.set(job, ticks + 1);
  for (const job of state.jobs.values()) if (!state.index.leftToFaster.has(job)) leftFor.delete(job.id);
  for (const ask of state.asking.values()) {
    if (ask.idle === 0 || ask.want === 0) continue;
    const worker = state.workers.get(ask.worker);
    if (
      !worker ||
      worker.draining ||
      !['idle', 'preparing', 'rendering', 'delivering'].includes(worker.state)
    )
      continue;
    for (const job of state.open) {
      if (job.frameServer === null || job.machineProblems.has(ask.worker)) continue;
      if (job.aloneUpTo > 0 || job.tooSmall > 0) continue;
      if (!job.tags.every((tag) => worker.hello.tags.includes(tag))) continue;
      const waits = job.state === 'queued' ? job.leases.size === 0 : (job.board?.count('waiting') ?? 0) > 0;
      if (waits && isBound(state, job, worker)) continue;
      if (waits && isLeftToFaster(state, job, worker, leftFor)) continue;
      must(!waits, () => `${job.id} (${job.state}) waits while ${ask.worker} has ${ask.idle} free slots`);
    }
  }
}

// A slow worker may leave the last frames to faster ones; that is thought over each second, so when it has become the
// fastest itself the next tick but one finds it so.
function isLeftToFaster(
  state: FarmState,
  job: JobEntry,
  worker: WorkerEntry,
  leftFor: Map<string, number>,
): boolean {
  if (!state.index.leftToFaster.has(job)) return false;
  for (const other of state.workers.values())
    if (other.pace < worker.pace && other.state !== 'lost' && !other.draining) {
      leftFor.delete(job.id);
      return true;
    }
  if (!leftFor.has(job.id)) leftFor.set(job.id, 0);
  return (leftFor.get(job.id) ?? 0) < 2;
}

/**
 * What lies rendered on the disk of a worker that says so is given to nobody, to be rendered again: of what the manager
 * knows that it had. A manager that started anew meanwhile may not.
 */
export function checkStaysThere(
  state: FarmState,
  worker: string,
  rendered: readonly RenderedFrames[],
  opened: readonly LeaseEntry[],
): void {
  const had = state.workers.get(worker)?.had;
  for (const { job: id, frames } of rendered) {
    const job = state.jobs.get(id);
    if (!job?.board || job.endedAt !== null || job.frameServer === null) continue;
    for (const frame of frames) {
      if (!had?.get(id)?.has(frame) || job.replacing.has(frame) || job.rerendered.has(frame)) continue;
      const lease = opened.find((one) => one.job === id && !one.isKept && one.open.has(frame));
      must(
        lease === undefined,
        () => `frame ${frame} of ${id} was rendered, and ${lease?.id} is to do it again`,
      );
      const is = job.board.state(job.board.indexOf(frame));
      must(is !== 'waiting', () => `frame ${frame} of ${id} was rendered, and is ${is}`);
    }
  }
}
