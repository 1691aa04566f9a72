import type { FarmState, JobEntry, WorkerEntry } from '../farm-state.ts';
import { suits } from '../match.ts';
import type { Outcome } from '../outcome.ts';
import { isReady, isTail } from './is-ready.ts';
import { type Kind, Kinds, type Need } from './kinds.ts';
import { type Lane, ReadyJobs, sortKey } from './ready-jobs.ts';
import { type Account, Shares } from './shares.ts';
import { compareKeys } from './sorted-list.ts';

interface FiledJob extends Account {
  readonly job: JobEntry;
  readonly tags: readonly string[];
  readonly needs: JobEntry['needs'];
  readonly need: Need;
  lane: Lane | null;
  plenty: boolean;
}

/**
 * Who could be given what, kept so that a decision looks at neither the queue nor the farm. All of it follows
 * from the rest of the state: it is filed anew wherever a step touched a job or a worker.
 */
export class FarmIndex {
  readonly needs = new Map<string, Need>();
  readonly workers = new Kinds((state, kind) => {
    for (const need of this.needs.values()) pair(state, kind, need);
  });
  readonly #jobs = new Map<string, FiledJob>();
  readonly #shares = new Shares();
  /** Jobs that waiting requests have not been tried with since they changed. */
  readonly fresh = new Set<JobEntry>();
  /** Open jobs without a frame server. */
  readonly unplaced = new Set<JobEntry>();
  /** Jobs whose film is to be made, by frame server. */
  readonly films = new Map<string, Set<JobEntry>>();
  /** Queued jobs that no worker which is here suits. */
  readonly unmatched = new Set<JobEntry>();
  /** Jobs that a slow worker left to faster ones; looked at again each second, and when a worker goes. */
  readonly leftToFaster = new Set<JobEntry>();
  #isStale = true;

  /** Everything is filed anew with the next step: for what changes which worker suits which job. */
  forget(): void {
    this.#isStale = true;
  }

  /** Files what a step touched. */
  refresh(state: FarmState, outcome: Outcome): void {
    if (this.#isStale) return this.#fileAll(state);
    for (const id of outcome.removedWorkers) this.workers.drop(state, id);
    for (const id of outcome.workers) {
      const worker = state.workers.get(id);
      if (worker) this.workers.file(state, worker);
    }
    for (const id of outcome.removedJobs) this.#dropJob(id);
    for (const id of outcome.jobs) {
      const job = state.jobs.get(id);
      if (job) this.fileJob(state, job, outcome.heads.has(id));
    }
    // Frames that were left to a worker which has gone do not wait for the next second.
    if (this.workers.haveGone) this.measure(state);
  }

  /** Paces are other ones now, so slow workers may think again. To be called each second. */
  measure(state: FarmState): void {
    this.workers.measure(state);
    for (const job of this.leftToFaster) if (this.#jobs.has(job.id)) this.fresh.add(job);
    this.leftToFaster.clear();
  }

  #fileAll(state: FarmState): void {
    this.#isStale = false;
    const used = new Map([...this.#jobs.values()].map((filed) => [filed.job.id, filed.used]));
    for (const map of [this.needs, this.#jobs, this.films]) map.clear();
    for (const set of [this.fresh, this.unplaced, this.unmatched, this.leftToFaster]) set.clear();
    this.#shares.unfile();
    this.workers.clear();
    for (const worker of state.workers.values()) this.workers.file(state, worker);
    for (const job of state.open) {
      this.fileJob(state, job, true);
      const filed = this.#jobs.get(job.id);
      if (!filed) continue;
      filed.used = used.get(job.id) ?? 0;
      resort(filed);
    }
    for (const id of state.asking.keys()) this.workers.restless.add(id);
  }

  /** `isChanged`: more of it changed than the states of its frames, so whoever waits is tried with it again. */
  fileJob(state: FarmState, job: JobEntry, isChanged: boolean): void {
    const isOpen = job.state === 'queued' || job.state === 'active';
    const known = this.#jobs.get(job.id);
    if (known && (known.job !== job || known.tags !== job.tags || known.needs !== job.needs || !isOpen))
      this.#dropJob(job.id);
    if (!isOpen) return;
    const filed = this.#jobs.get(job.id) ?? this.#fileNew(state, job);
    if (job.frameServer === null) this.unplaced.add(job);
    else this.unplaced.delete(job);
    this.#fileFilm(job);
    const before = { isReady: filed.lane !== null, plenty: filed.plenty };
    this.#fileLane(state, filed);
    filed.plenty = filed.lane !== null && this.isPlenty(job);
    if (job.state !== 'queued' || [...filed.need.kinds].some((kind) => kind.alive > 0))
      this.unmatched.delete(job);
    else this.unmatched.add(job);
    if (filed.lane && (isChanged || !before.isReady || (filed.plenty && !before.plenty))) this.fresh.add(job);
    // Those who wait behind its last frames may have something of another job now.
    if (!filed.lane && before.isReady) this.workers.stir(filed.need);
  }

  #fileNew(state: FarmState, job: JobEntry): FiledJob {
    const need = this.#needFor(state, job);
    need.jobs += 1;
    const submitter = this.#shares.submitterOf(job.submitter);
    submitter.jobs += 1;
    const filed = {
      job,
      tags: job.tags,
      needs: job.needs,
      need,
      submitter,
      lane: null,
      used: 0,
      plenty: false,
    };
    this.#jobs.set(job.id, filed);
    return filed;
  }

  #needFor(state: FarmState, job: JobEntry): Need {
    const key = needKey(job);
    const known = this.needs.get(key);
    if (known) return known;
    const ready = new ReadyJobs((one) => this.#jobs.get(one.id)?.used ?? 0);
    const need: Need = { key, sample: { ...job }, jobs: 0, kinds: new Set(), tails: new Set(), ready };
    this.needs.set(key, need);
    for (const kind of this.workers.all.values()) pair(state, kind, need);
    return need;
  }

  #fileLane(state: FarmState, filed: FiledJob): void {
    const { job, need, submitter } = filed;
    if (isTail(job)) need.tails.add(job);
    else need.tails.delete(job);
    const wanted = isReady(state, job);
    if (filed.lane && (!wanted || filed.lane.priority !== job.priority)) {
      need.ready.delete(job, filed.lane);
      filed.lane = null;
    }
    if (wanted && !filed.lane) filed.lane = need.ready.put(job, submitter);
  }

  #fileFilm(job: JobEntry): void {
    const isWanted = job.film.state === 'waiting' && job.frameServer !== null;
    const server = job.frameServer ?? '';
    if (!isWanted) this.films.get(server)?.delete(job);
    else this.films.set(server, (this.films.get(server) ?? new Set()).add(job));
  }

  #dropJob(id: string): void {
    const filed = this.#jobs.get(id);
    if (!filed) return;
    const { job, need, lane, submitter } = filed;
    if (lane) need.ready.delete(job, lane);
    need.tails.delete(job);
    this.#jobs.delete(id);
    for (const set of [this.fresh, this.unplaced, this.unmatched, this.leftToFaster]) set.delete(job);
    for (const set of this.films.values()) set.delete(job);
    if (lane) this.workers.stir(need);
    submitter.jobs -= 1;
    need.jobs -= 1;
    if (need.jobs > 0) return;
    this.needs.delete(need.key);
    for (const kind of need.kinds) kind.needs.delete(need);
  }

  /** Slots of the workers that suit a job and take work, at least one. */
  slotsFor(job: JobEntry): number {
    let slots = 0;
    for (const kind of this.#jobs.get(job.id)?.need.kinds ?? []) slots += kind.slots;
    return Math.max(1, slots);
  }

  /** What the slots that suit a job do together, in slots of an ordinary worker, and the pace of the fastest. */
  speedFor(job: JobEntry): { speed: number; fastest: number } {
    let speed = 0;
    let fastest = Number.POSITIVE_INFINITY;
    for (const kind of this.kindsFor(job)) {
      speed += kind.speed;
      fastest = Math.min(fastest, kind.fastest);
    }
    return { speed, fastest };
  }

  /** Whether more frames wait than there are slots, so that some may be given out early. */
  isPlenty(job: JobEntry): boolean {
    return job.state === 'active' && (job.board?.count('waiting') ?? 0) >= this.slotsFor(job);
  }

  kindsFor(job: JobEntry): Iterable<Kind> {
    return this.#jobs.get(job.id)?.need.kinds ?? [];
  }

  isKindFor(kind: Kind, job: JobEntry): boolean {
    return this.#jobs.get(job.id)?.need.kinds.has(kind) ?? false;
  }

  /** What a worker of this kind may be given, what is to be given first coming first. */
  *candidates(kind: Kind): Generator<JobEntry> {
    const homes = [...kind.needs].map((need) => need.ready).filter((ready) => ready.priorities.length > 0);
    const [only] = homes;
    if (!only) return;
    const priorities =
      homes.length === 1
        ? only.priorities
        : [...new Set(homes.flatMap((home) => home.priorities))].sort((a, b) => b - a);
    for (const priority of priorities) yield* lanesInOrder(homes, priority);
  }

  /** Whether there is another job that the worker may be given. */
  hasOther(worker: WorkerEntry, than: JobEntry): boolean {
    const kind = this.workers.of(worker.hello.id);
    if (!kind) return false;
    for (const job of this.candidates(kind)) if (job !== than) return true;
    return false;
  }

  /** Jobs with nothing left but what is under way, that a worker of this kind might help with. */
  *tails(kind: Kind): Generator<JobEntry> {
    for (const need of kind.needs) yield* need.tails;
  }

  /** Counts slot-seconds as used by a job and its submitter. */
  charge(job: JobEntry, seconds: number): void {
    const filed = this.#jobs.get(job.id);
    if (!filed) return;
    this.#shares.charge(filed, seconds, this.workers.slots);
    resort(filed);
  }

  /** Puts right what was charged before it was known. */
  amend(job: JobEntry, seconds: number): void {
    const filed = this.#jobs.get(job.id);
    if (!filed || seconds === 0) return;
    this.#shares.amend(filed, seconds);
    resort(filed);
  }

  /** Slot-seconds a job and its submitter are counted with. */
  usedBy(job: JobEntry): { job: number; submitter: number } {
    const filed = this.#jobs.get(job.id);
    return { job: filed?.used ?? 0, submitter: filed?.submitter.used ?? 0 };
  }
}

function resort(filed: FiledJob): void {
  filed.lane?.jobs.put(filed.job);
  for (const lane of filed.submitter.lanes) lane.home.resort(lane);
}

function* lanesInOrder(homes: readonly ReadyJobs[], priority: number): Generator<JobEntry> {
  const lists = homes.flatMap((home) => home.level(priority) ?? []);
  const at = lists.map(() => 0);
  for (;;) {
    let best = -1;
    let bestLane: Lane | undefined;
    for (const [number, list] of lists.entries()) {
      const lane = list.at(at[number] ?? 0);
      if (!lane || (bestLane && compareKeys(sortKey(bestLane), sortKey(lane)) <= 0)) continue;
      best = number;
      bestLane = lane;
    }
    if (!bestLane) return;
    at[best] = (at[best] ?? 0) + 1;
    yield* bestLane.jobs;
  }
}

function pair(state: FarmState, kind: Kind, need: Need): void {
  if (!suits(state, kind.sample, need.sample)) return;
  kind.needs.add(need);
  need.kinds.add(kind);
}

function needKey(job: JobEntry): string {
  return JSON.stringify([job.tags, job.scene.blender, job.needs, job.settings.device]);
}
