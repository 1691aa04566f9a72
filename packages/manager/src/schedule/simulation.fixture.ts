// A whole farm under a made-up clock: workers and a frame server that lose answers, die, come back, say things
// twice and in the wrong order. Everything follows from the seed.
import {
  type GatherReply,
  type GatherReport,
  type Lease,
  parseFrames,
  type WorkReply,
} from '@akashganga/protocol';
import {
  filmReport,
  newJob,
  type Open,
  probeReport,
  problem,
  type SaidUpdate,
  storedFrame,
  TestFarm,
} from './farm.fixture.ts';

export interface Faults {
  /** Chances, of 1. */
  readonly lost: number;
  readonly death: number;
  readonly failure: number;
  readonly meddling: number;
}

export const rough: Faults = { lost: 0.2, death: 0.03, failure: 0.08, meddling: 0.03 };
export const calm: Faults = { lost: 0, death: 0, failure: 0, meddling: 0 };

/** Numbers in [0, 1) that follow from the seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

interface Held {
  readonly lease: Lease;
  waiting: number[];
  probing: boolean;
  /** Rendered, on the way to the frame server. */
  readonly delivering: number[];
}

interface SimWorker {
  readonly id: string;
  boots: number;
  alive: boolean;
  seq: number;
  readonly held: Map<string, Held>;
  updates: { boot: string; update: SaidUpdate & { seq: number } }[];
  open: Open<WorkReply> | null;
}

export class Simulation {
  readonly farm = new TestFarm();
  readonly #chance: () => number;
  readonly #workers: SimWorker[] = [];
  #faults: Faults = rough;
  #jobs = 0;
  readonly #stored = new Set<string>();
  #reports: GatherReport[] = [];
  readonly #films = new Map<string, number>();
  #gather: Open<GatherReply> | null = null;
  #frameServerBoots = 1;
  #tickedAt = 0;
  /** Called with the frames of a job that a person asked for again. */
  onRetry: (job: string) => void = () => undefined;

  constructor(seed: number, workers: number) {
    this.#chance = seeded(seed);
    this.#tickedAt = this.farm.now;
    this.farm.frameServer();
    for (let index = 0; index < workers; index += 1) this.#addWorker(`worker-${index}`);
    this.#submit();
  }

  #addWorker(id: string): void {
    const worker: SimWorker = {
      ...{ id, boots: 1, alive: true, seq: 0, held: new Map(), updates: [], open: null },
    };
    this.#workers.push(worker);
    this.farm.hello(id, { tags: id === 'worker-0' ? ['gpu'] : [], slots: 1 + this.#below(3) });
  }

  #below(most: number): number {
    return Math.floor(this.#chance() * most);
  }

  #happens(chance: number): boolean {
    return this.#chance() < chance;
  }

  #oneOf<T>(list: readonly T[]): T | undefined {
    return list[this.#below(list.length)];
  }

  /** One thing happens. */
  step(): void {
    this.farm.later(this.#below(400));
    if (this.farm.now - this.#tickedAt >= 1000) {
      this.#tickedAt = this.farm.now;
      this.farm.say({ kind: 'tick' });
    }
    const worker = this.#oneOf(this.#workers);
    if (worker && this.#happens(this.#faults.death)) return this.#dieOrReturn(worker);
    if (this.#happens(this.#faults.meddling)) return this.#meddle();
    if (this.#happens(0.2)) return this.#frameServerActs();
    if (worker?.alive) this.#workerActs(worker);
  }

  /** No more faults; whoever is away comes back. */
  calmDown(): void {
    this.#faults = calm;
    for (const worker of this.#workers) {
      if (!worker.alive) this.#restart(worker);
      if (this.farm.state.workers.get(worker.id)?.draining)
        this.farm.say({ kind: 'wake', worker: worker.id });
    }
    for (const job of this.farm.state.jobs.values())
      if (job.state === 'paused') this.farm.say({ kind: 'resume', job: job.id });
  }

  get hasEnded(): boolean {
    return [...this.farm.state.jobs.values()].every((job) =>
      ['completed', 'failed', 'canceled'].includes(job.state),
    );
  }

  // ── workers ──────────────────────────────────────────────────────────────────────────────────────

  #dieOrReturn(worker: SimWorker): void {
    if (!worker.alive) return this.#restart(worker);
    if (this.#happens(0.5)) worker.alive = false;
    else this.#restart(worker);
  }

  // Its leases are gone; updates and rendered frames were on its disk.
  #restart(worker: SimWorker): void {
    for (const held of worker.held.values())
      for (const frame of held.delivering) this.#store(worker, held.lease, frame);
    worker.held.clear();
    worker.alive = true;
    worker.boots += 1;
    worker.seq = 0;
    worker.open = null;
    this.#hello(worker);
  }

  #hello(worker: SimWorker): void {
    const known = this.farm.state.workers.get(worker.id)?.hello;
    const tags = worker.id === 'worker-0' ? ['gpu'] : [];
    this.farm.hello(worker.id, { slots: known?.slots ?? 2, tags, boot: `${worker.id}-boot${worker.boots}` });
  }

  #workerActs(worker: SimWorker): void {
    if (!this.farm.state.workers.has(worker.id)) return this.#hello(worker);
    this.#hear(worker);
    const acts = [
      () => this.#ask(worker),
      () => this.#work(worker),
      () => this.#work(worker),
      () => this.#deliver(worker),
      () => this.#sendUpdates(worker),
      () => this.#beat(worker),
    ];
    this.#oneOf(acts)?.();
    if (this.#happens(this.#faults.failure * 0.2)) this.#giveBack(worker);
  }

  #hear(worker: SimWorker): void {
    const reply = worker.open?.reply;
    if (!reply) return;
    worker.open = null;
    if (this.#happens(this.#faults.lost)) return;
    for (const id of reply.ended) worker.held.delete(id);
    for (const { lease, frames } of reply.wanted) {
      const held = worker.held.get(lease);
      const given = [...parseFrames(frames)].filter((frame) => held?.waiting.includes(frame));
      if (!held || given.length === 0) continue;
      held.waiting = held.waiting.filter((frame) => !given.includes(frame));
      this.#note(worker, { kind: 'lease-returned', lease, frames: given.join(',') });
    }
    for (const lease of reply.leases) {
      if (worker.held.has(lease.id)) continue;
      const waiting = lease.frames === null ? [] : [...parseFrames(lease.frames)];
      worker.held.set(lease.id, { lease, waiting, probing: lease.kind === 'probe', delivering: [] });
    }
  }

  #ask(worker: SimWorker): void {
    if (worker.open && !this.#happens(0.3)) return;
    const holding = Object.fromEntries(
      [...worker.held.values()].map((held) => [held.lease.id, held.waiting.length + Number(held.probing)]),
    );
    const busy = Object.values(holding).filter((left) => left > 0).length;
    const idle = Math.max(0, 2 - busy);
    worker.open = this.farm.ask(worker.id, { want: this.#below(3), idle, holding });
  }

  #work(worker: SimWorker): void {
    const held = this.#oneOf(
      [...worker.held.values()].filter((one) => one.probing || one.waiting.length > 0),
    );
    if (!held) return;
    if (held.probing) return this.#probe(worker, held);
    const frame = held.waiting.shift() ?? 0;
    if (!this.#happens(this.#faults.failure)) held.delivering.push(frame);
    else {
      const code = this.#happens(0.2) ? 'machine.gpu-failed' : 'render.crashed';
      this.#note(worker, {
        ...{ kind: 'frame-failed', lease: held.lease.id, job: held.lease.job, frame },
        ...{ problem: problem(code), seconds: 1, log: 'It went wrong' },
      });
    }
  }

  #probe(worker: SimWorker, held: Held): void {
    held.probing = false;
    const lease = held.lease.id;
    if (this.#happens(this.#faults.failure))
      this.#note(worker, { kind: 'probe-failed', lease, problem: problem('render.crashed') });
    else
      this.#note(worker, { kind: 'probed', lease, report: probeReport({ frameEnd: 1 + this.#below(12) }) });
  }

  #note(worker: SimWorker, update: SaidUpdate): void {
    worker.seq += 1;
    worker.updates.push({
      boot: `${worker.id}-boot${worker.boots}`,
      update: { ...update, seq: worker.seq },
    });
  }

  #giveBack(worker: SimWorker): void {
    const held = this.#oneOf([...worker.held.values()].filter((one) => one.waiting.length > 0));
    if (!held) return;
    const frames = held.waiting.splice(this.#below(held.waiting.length));
    this.#note(worker, { kind: 'lease-returned', lease: held.lease.id, frames: frames.join(',') });
  }

  #deliver(worker: SimWorker): void {
    const held = this.#oneOf([...worker.held.values()].filter((one) => one.delivering.length > 0));
    if (!held) return;
    // A receipt may be lost; the frame is delivered again then.
    const [frame = 0] = held.delivering;
    this.#store(worker, held.lease, frame);
    if (!this.#happens(this.#faults.lost)) held.delivering.shift();
  }

  #store(worker: SimWorker, lease: Lease, frame: number): void {
    this.#stored.add(`${lease.job} ${frame}`);
    this.#reports.push(storedFrame(lease.job, frame, { lease: lease.id, worker: worker.id, seconds: 8 }));
  }

  #sendUpdates(worker: SimWorker): void {
    const boot = worker.updates[0]?.boot;
    if (boot === undefined) return;
    const batch = worker.updates.slice(0, 3).filter((line) => line.boot === boot);
    const updates = batch.map((line) => line.update) as never;
    this.farm.say({ kind: 'updates', worker: worker.id, batch: { boot, updates } });
    if (!this.#happens(this.#faults.lost)) worker.updates.splice(0, batch.length);
  }

  #beat(worker: SimWorker): void {
    const slots = [...worker.held.values()].map(({ lease, waiting }, slot) => ({
      ...{ slot, state: 'rendering' as const, job: lease.job, lease: lease.id },
      ...{ frame: waiting[0] ?? null, fraction: 0.5, memory: 1 },
    }));
    const delivering = [...worker.held.values()].flatMap(({ lease, delivering }) =>
      delivering.map((frame) => ({ job: lease.job, lease: lease.id, frame })),
    );
    const heartbeat = { boot: `${worker.id}-boot${worker.boots}`, slots, delivering };
    const reply = this.farm.say<{ known: boolean }>({ kind: 'heartbeat', worker: worker.id, heartbeat });
    if (!reply.known) this.#hello(worker);
  }

  // ── the frame server ─────────────────────────────────────────────────────────────────────────────

  #frameServerActs(): void {
    this.#followOrders();
    const acts = [
      () => this.#report(),
      () => this.#report(),
      () => this.#gatherAgain(),
      () => this.#makeFilm(),
    ];
    if (this.#happens(this.#faults.death)) acts.push(() => this.#restartFrameServer());
    this.#oneOf(acts)?.();
  }

  #restartFrameServer(): void {
    this.#frameServerBoots += 1;
    this.#films.clear();
    this.#gather = null;
    this.farm.frameServer('frames-1', `frames-1-boot${this.#frameServerBoots}`);
  }

  #followOrders(): void {
    const reply = this.#gather?.reply;
    if (!reply) return;
    this.#gather = null;
    if (this.#happens(this.#faults.lost)) return;
    for (const job of reply.stop) this.#films.delete(job);
    for (const order of reply.encode) {
      const frames = parseFrames(order.frames);
      for (const frame of frames)
        if (!order.failed && !this.#stored.has(`${order.job} ${frame}`))
          throw new Error(`a film of ${order.job} was ordered before frame ${frame} was stored`);
      this.#films.set(order.job, frames.length);
    }
    for (const job of reply.forget) this.#reports.push({ kind: 'forgotten', job });
  }

  #gatherAgain(): void {
    if (this.#gather) return;
    this.#gather = this.farm.gather([...this.#films.keys()]);
  }

  // Some of what there is to say, in any order, perhaps more than once.
  #report(): void {
    if (this.#reports.length === 0) return;
    const mixed = [...this.#reports].sort(() => this.#chance() - 0.5);
    const said = mixed.slice(0, 1 + this.#below(5));
    this.farm.report(...said);
    if (!this.#happens(this.#faults.lost))
      this.#reports = this.#reports.filter((report) => !said.includes(report));
  }

  #makeFilm(): void {
    const [job] = this.#films.keys();
    if (job === undefined) return;
    const frames = this.#films.get(job) ?? 0;
    if (this.#happens(this.#faults.failure))
      this.farm.report({ kind: 'film-failed', job, problem: problem('film.failed') });
    else this.farm.report(filmReport(job, frames));
    if (!this.#happens(this.#faults.lost)) this.#films.delete(job);
  }

  // ── people ───────────────────────────────────────────────────────────────────────────────────────

  #submit(): void {
    this.#jobs += 1;
    const id = `job-${this.#jobs}`;
    const job = newJob({
      frames: this.#happens(0.5) ? null : `1-${1 + this.#below(20)}`,
      priority: this.#below(3) * 10,
      tags: this.#happens(0.2) ? ['gpu'] : [],
      chunk: this.#happens(0.5) ? 1 + this.#below(6) : null,
      paused: this.#happens(0.1),
      film: this.#happens(0.2) ? { none: true } : {},
    });
    this.farm.say({ kind: 'submit', id, job });
  }

  #meddle(): void {
    const job = this.#oneOf([...this.farm.state.jobs.keys()]);
    const worker = this.#oneOf([...this.farm.state.workers.keys()]);
    const acts = [
      () => this.#submit(),
      () => job && this.farm.open({ kind: 'pause', job }),
      () => job && this.farm.open({ kind: 'resume', job }),
      () => job && this.farm.open({ kind: 'resume', job }),
      () => job && this.farm.open({ kind: 'cancel', job }),
      () => job && this.#retry(job),
      () => job && this.#retry(job),
      () => job && this.farm.open({ kind: 'set-priority', job, priority: this.#below(100) }),
      () => job && this.#happens(0.3) && this.farm.open({ kind: 'delete', job }),
      () => worker && this.farm.open({ kind: 'drain', worker }),
      () => worker && this.farm.open({ kind: 'wake', worker }),
      () => worker && this.#happens(0.3) && this.farm.open({ kind: 'remove-worker', worker }),
    ];
    this.#oneOf(acts)?.();
  }

  #retry(job: string): void {
    const numbers = this.farm.state.jobs.get(job)?.board?.numbers;
    const frame = numbers?.[this.#below(numbers.length)];
    this.onRetry(job);
    this.farm.open({
      ...{ kind: 'retry', job },
      frames: frame === undefined || this.#happens(0.5) ? null : String(frame),
    });
  }
}
