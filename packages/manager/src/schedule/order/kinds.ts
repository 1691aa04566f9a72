import type { FarmState, JobEntry, OpenAsk, WorkerEntry } from '../farm-state.ts';
import { countedMemory, isAlive, tagsOf, takesWork } from '../match.ts';
import type { ReadyJobs } from './ready-jobs.ts';
import { SortedList } from './sorted-list.ts';

/** Jobs that ask the same of a worker. There are as many as there are different wishes: a handful. */
export interface Need {
  readonly key: string;
  readonly sample: JobEntry;
  jobs: number;
  readonly kinds: Set<Kind>;
  readonly ready: ReadyJobs;
  /** Jobs of which nothing waits, but something is under way. */
  readonly tails: Set<JobEntry>;
}

/** Workers that no job tells apart. There are as many as there are different computers: a handful. */
export interface Kind {
  readonly key: string;
  readonly sample: WorkerEntry;
  workers: number;
  alive: number;
  /** Of workers that take work. */
  slots: number;
  /** What these slots together do, in slots of an ordinary worker, and the pace of the fastest; as of the last second. */
  speed: number;
  fastest: number;
  readonly needs: Set<Need>;
  /** Requests of slots that have nothing to do, the fastest worker first. */
  readonly idle: SortedList<OpenAsk>;
  /** Requests of workers that only want their next lease early. */
  readonly early: Set<OpenAsk>;
}

interface FiledWorker {
  readonly worker: WorkerEntry;
  readonly hello: WorkerEntry['hello'];
  readonly settings: WorkerEntry['settings'];
  readonly kind: Kind;
  alive: number;
  slots: number;
}

/** The workers by kind, and their requests that nothing was found for. */
export class Kinds {
  readonly all = new Map<string, Kind>();
  readonly #workers = new Map<string, FiledWorker>();
  readonly #shelves = new Map<OpenAsk, Kind>();
  readonly #onNew: (state: FarmState, kind: Kind) => void;
  /** Of all workers that take work. */
  slots = 0;
  /** Workers whose request has not been tried since it or they changed. */
  readonly restless = new Set<string>();
  /** Whether workers came, went or stopped since somebody last looked. */
  haveChanged = false;
  /** Whether workers went or stopped since speeds were added up. */
  haveGone = false;
  #asks = 0;

  constructor(onNew: (state: FarmState, kind: Kind) => void) {
    this.#onNew = onNew;
  }

  clear(): void {
    for (const map of [this.all, this.#workers, this.#shelves]) map.clear();
    this.restless.clear();
    this.slots = 0;
  }

  file(state: FarmState, worker: WorkerEntry): void {
    const id = worker.hello.id;
    const known = this.#workers.get(id);
    const isOther =
      known &&
      (known.worker !== worker || known.hello !== worker.hello || known.settings !== worker.settings);
    if (isOther) this.drop(state, id);
    const filed = this.#workers.get(id) ?? this.#fileNew(state, worker);
    const alive = Number(isAlive(worker));
    const slots = takesWork(worker) ? worker.hello.slots : 0;
    if (alive === filed.alive && slots === filed.slots) return;
    this.haveChanged = true;
    if (slots < filed.slots) this.haveGone = true;
    filed.kind.alive += alive - filed.alive;
    filed.kind.slots += slots - filed.slots;
    this.slots += slots - filed.slots;
    Object.assign(filed, { alive, slots });
    if (state.asking.has(id)) this.restless.add(id);
  }

  #fileNew(state: FarmState, worker: WorkerEntry): FiledWorker {
    const kind = this.#kindFor(state, worker);
    const filed = { worker, hello: worker.hello, settings: worker.settings, kind, alive: 0, slots: 0 };
    kind.workers += 1;
    this.#workers.set(worker.hello.id, filed);
    this.haveChanged = true;
    return filed;
  }

  #kindFor(state: FarmState, worker: WorkerEntry): Kind {
    const key = kindKey(worker);
    const known = this.all.get(key);
    if (known) return known;
    const kind: Kind = {
      ...{ key, sample: { ...worker }, workers: 0, alive: 0, slots: 0, needs: new Set(), early: new Set() },
      ...{ speed: 0, fastest: Number.POSITIVE_INFINITY },
      idle: new SortedList<OpenAsk>((ask) => [ask.pace, ask.number]),
    };
    this.all.set(key, kind);
    this.#onNew(state, kind);
    return kind;
  }

  drop(state: FarmState, id: string): void {
    const filed = this.#workers.get(id);
    if (!filed) return;
    this.#workers.delete(id);
    const { kind } = filed;
    kind.workers -= 1;
    kind.alive -= filed.alive;
    kind.slots -= filed.slots;
    this.slots -= filed.slots;
    this.haveChanged = true;
    if (filed.slots > 0) this.haveGone = true;
    const ask = state.asking.get(id);
    if (ask) {
      this.unshelve(ask);
      this.restless.add(id);
    }
    if (kind.workers > 0) return;
    this.all.delete(kind.key);
    for (const need of kind.needs) need.kinds.delete(kind);
  }

  /** Paces change with each frame, so speeds are added up once a second and not with each of them. */
  measure(state: FarmState): void {
    this.haveGone = false;
    for (const kind of this.all.values())
      Object.assign(kind, { speed: 0, fastest: Number.POSITIVE_INFINITY });
    for (const { worker, kind, slots } of this.#workers.values()) {
      if (slots === 0 || !state.workers.has(worker.hello.id)) continue;
      kind.speed += slots / worker.pace;
      kind.fastest = Math.min(kind.fastest, worker.pace);
    }
  }

  of(worker: string): Kind | undefined {
    return this.#workers.get(worker)?.kind;
  }

  /** Requests are numbered in the order in which they come. */
  nextAsk(): number {
    this.#asks += 1;
    return this.#asks;
  }

  /** Puts away a request that nothing was found for, until something changes. */
  shelve(ask: OpenAsk): void {
    const kind = this.of(ask.worker);
    if (!kind) return;
    this.#shelves.set(ask, kind);
    if (ask.idle > 0) kind.idle.put(ask);
    else if (ask.want > 0) kind.early.add(ask);
  }

  unshelve(ask: OpenAsk): void {
    const kind = this.#shelves.get(ask);
    kind?.idle.delete(ask);
    kind?.early.delete(ask);
    this.#shelves.delete(ask);
  }

  /** Those who wait behind the last frames of a job may have something of another one now. */
  stir(need: Need): void {
    for (const kind of need.kinds) for (const ask of kind.early) this.restless.add(ask.worker);
  }
}

function kindKey(worker: WorkerEntry): string {
  const { platform, blenders, cores, gpus, memory } = worker.hello;
  const versions = blenders.map((build) => build.version);
  return JSON.stringify([tagsOf(worker), platform, versions, cores, gpus, countedMemory(memory)]);
}
