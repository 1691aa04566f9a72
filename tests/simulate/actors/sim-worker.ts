import {
  formatFrames,
  type HeartbeatReply,
  type Lease,
  parseFrames,
  type WorkReply,
} from '@akashganga/protocol';
import { workerHello } from '../../../packages/manager/src/schedule/farm.fixture.ts';
import type { Chance } from '../world/chance.ts';
import type { Timer } from '../world/clock.ts';
import type { Link } from '../world/link.ts';
import type { World } from '../world/world.ts';
import { fateOf, frameSeconds, type JobShape } from './job-shape.ts';
import type { Life } from './life.ts';
import { SimCourier } from './sim-courier.ts';
import type { Delivery } from './sim-frame-server.ts';
import { SimUpdates } from './sim-updates.ts';

const BEAT_MS = 3000;
const SOON_MS = 200;
/** After this long without progress a worker ends Blender itself. */
const SILENCE_SECONDS = 600;

interface Held {
  readonly lease: Lease;
  readonly waiting: number[];
  readonly rendering: Set<number>;
  probe: 'waiting' | 'running' | 'done';
}

interface Slot {
  readonly number: number;
  work: { held: Held; frame: number | null; timer: Timer; startedAt: number } | null;
  /** Since when it has had nothing to do. */
  idleSince: number;
}

export interface WorkerTraits {
  readonly id: string;
  readonly slots: number;
  /** Frames take their time divided by this. */
  readonly speed: number;
  readonly tags: readonly string[];
  /** Bytes; what the farm's fixture says unless given. */
  readonly memory?: number;
  /** Somebody sits at it now and then. */
  readonly isUsed?: boolean;
  /** Chance of a problem of the machine at each frame. */
  readonly faulty: number;
}

export interface Surroundings {
  readonly world: World;
  readonly link: Link;
  readonly shapes: ReadonlyMap<string, JobShape>;
  /** Counts the tries of a frame anywhere, for frames that fail once or twice. */
  readonly tried: (job: string, frame: number) => number;
  readonly deliver: (delivery: Delivery) => boolean;
  /** A slot began to render after `idleMs` without anything to do. */
  readonly onStart?: (worker: string, job: string, idleMs: number) => void;
  readonly onEnd?: (worker: string, job: string, seconds: number) => void;
  /** A slot found nothing to do; the moment. */
  readonly onIdle?: (worker: string, at: number) => void;
}

/** A worker that says what the real one says: see `packages/worker/src/worker.ts`. */
export class SimWorker {
  readonly traits: WorkerTraits;
  readonly #around: Surroundings;
  readonly #chance: Chance;
  #boots = 0;
  alive = false;
  #held = new Map<string, Held>();
  #slots: Slot[] = [];
  readonly #updates: SimUpdates;
  readonly #courier: SimCourier;
  #asked: { want: number; idle: number; hangUp: () => void } | null = null;
  #beatDue = Number.POSITIVE_INFINITY;
  #draining = false;

  constructor(traits: WorkerTraits, around: Surroundings) {
    this.traits = traits;
    this.#around = around;
    this.#chance = around.world.chance.split();
    const { link, deliver, world } = around;
    this.#updates = new SimUpdates(traits.id, link, this.#life());
    this.#courier = new SimCourier({ link, deliver, clock: world.clock }, this.#life());
  }

  get #boot(): string {
    return `${this.traits.id}-boot${this.#boots}`;
  }

  /** Of the process that there is now. */
  #life(): Life {
    const boots = this.#boots;
    const { clock } = this.#around.world;
    const isAlive = () => this.alive && this.#boots === boots;
    const whileBoot: Life['whileBoot'] =
      (run) =>
      (...given) => {
        if (isAlive()) run(...given);
      };
    return {
      boot: this.#boot,
      get isAlive() {
        return isAlive();
      },
      whileBoot,
      after: (ms, run) => clock.after(ms, whileBoot(run)),
    };
  }

  #whileBoot<T extends unknown[]>(run: (...given: T) => void): (...given: T) => void {
    return this.#life().whileBoot(run);
  }

  #after(ms: number, run: () => void): Timer {
    return this.#life().after(ms, run);
  }

  start(): void {
    if (this.alive) return;
    this.alive = true;
    this.#boots += 1;
    this.#held = new Map();
    this.#draining = false;
    this.#beatDue = Number.POSITIVE_INFINITY;
    this.#asked = null;
    const now = this.#around.world.clock.now;
    this.#slots = Array.from({ length: this.traits.slots }, (_, number) => ({
      number,
      work: null,
      idleSince: now,
    }));
    this.#courier.begin(this.#life());
    this.#updates.begin(this.#life());
    // What the boot before could not say comes first, while its leases still count.
    this.#updates.flush(() => this.#introduce(() => this.#live()));
  }

  /** Everything stops, without a word. */
  die(): void {
    this.alive = false;
    this.#asked?.hangUp();
    this.#asked = null;
  }

  get holdsFrames(): boolean {
    return this.#courier.waiting.length > 0;
  }

  get hasWork(): boolean {
    return this.#courier.waiting.length > 0 || !this.#updates.isEmpty;
  }

  #introduce(then: () => void): void {
    const { id, slots, tags } = this.traits;
    const hello = workerHello(id, {
      ...{ boot: this.#boot, slots, tags: [...tags] },
      ...(this.traits.memory === undefined ? {} : { memory: this.traits.memory }),
    });
    this.#around.link.send(
      { command: { kind: 'hello', hello, rendered: this.#courier.rendered }, timeoutMs: 10_000 },
      {
        onReply: this.#whileBoot(then),
        onFailure: this.#whileBoot(() => {
          this.#after(1000, () => this.#introduce(then));
        }),
      },
    );
  }

  #live(): void {
    this.#scheduleBeat(0);
    this.#ask();
  }

  // ── the request for work ─────────────────────────────────────────────────────────────────────────

  #needs(): { want: number; idle: number } {
    if (this.#draining) return { want: 0, idle: 0 };
    let waiting = 0;
    for (const held of this.#held.values()) waiting += held.waiting.length + Number(held.probe === 'waiting');
    const idle = this.#slots.filter((slot) => slot.work === null).length;
    return { want: Math.max(0, idle + this.#slots.length - waiting), idle };
  }

  #ask(): void {
    const needs = this.#needs();
    const holding = [...this.#held.values()].map(({ lease, waiting, rendering, probe }) => ({
      lease: lease.id,
      left: waiting.length + rendering.size + Number(probe !== 'done'),
    }));
    const worker = this.traits.id;
    const hangUp = this.#around.link.send<WorkReply>(
      {
        command: { kind: 'ask', worker, ask: { boot: this.#boot, holding, ...needs } },
        timeoutMs: 45_000,
        over: (ask) => ({ kind: 'ask-over', worker, ask }),
      },
      {
        onReply: this.#whileBoot((reply) => {
          this.#asked = null;
          this.#hear(reply);
          this.#ask();
        }),
        onFailure: this.#whileBoot((error) => {
          this.#asked = null;
          if (error?.code === 'worker.unknown') this.#introduce(() => this.#ask());
          else this.#after(500, () => this.#ask());
        }),
      },
    );
    this.#asked = { ...needs, hangUp };
  }

  #hear(reply: WorkReply): void {
    for (const id of reply.ended) this.#end(id);
    for (const { lease, frames } of reply.wanted) this.#yield(lease, frames);
    for (const lease of reply.leases) {
      if (this.#held.has(lease.id)) continue;
      const waiting = this.#toRender(lease);
      const probe = lease.kind === 'probe' ? 'waiting' : 'done';
      this.#held.set(lease.id, { lease, waiting, rendering: new Set(), probe });
    }
    this.#fillSlots();
  }

  /** What is here of a lease's frames goes on as its own; of kept ones that are not here any more, nothing is rendered. */
  #toRender(lease: Lease): number[] {
    if (lease.frames === null) return [];
    const frames = [...parseFrames(lease.frames)];
    const others = frames.filter(
      (frame) => (lease.replace && !lease.kept) || !this.#courier.rebind(lease, frame),
    );
    if (!lease.kept) return others;
    if (others.length > 0)
      this.#updates.note({ kind: 'lease-returned', lease: lease.id, frames: formatFrames(others) });
    return [];
  }

  /** Frames that others are free for are given back, as far as no slot has begun them. */
  #yield(lease: string, frames: string): void {
    const held = this.#held.get(lease);
    const wanted = new Set(parseFrames(frames));
    const given = held?.waiting.filter((frame) => wanted.has(frame)) ?? [];
    if (!held || given.length === 0) return;
    held.waiting.splice(0, held.waiting.length, ...held.waiting.filter((frame) => !wanted.has(frame)));
    this.#updates.note({ kind: 'lease-returned', lease, frames: formatFrames(given) });
  }

  #end(lease: string): void {
    const held = this.#held.get(lease);
    this.#held.delete(lease);
    for (const slot of this.#slots) {
      if (!held || slot.work?.held !== held) continue;
      slot.work.timer.canceled = true;
      this.#free(slot);
    }
  }

  #free(slot: Slot): void {
    slot.work = null;
    slot.idleSince = this.#around.world.clock.now;
  }

  #changed(): void {
    this.#scheduleBeat(SOON_MS);
    const { want, idle } = this.#needs();
    const asked = this.#asked;
    if (!asked || !(want > asked.want || (want > 0 && idle > asked.idle))) return;
    this.#asked = null;
    asked.hangUp();
    this.#ask();
  }

  // ── rendering ────────────────────────────────────────────────────────────────────────────────────

  #fillSlots(): void {
    for (const slot of this.#slots) {
      if (slot.work !== null) continue;
      const held = [...this.#held.values()].find((one) => one.waiting.length > 0 || one.probe === 'waiting');
      if (!held) {
        this.#around.onIdle?.(this.traits.id, this.#around.world.clock.now);
        break;
      }
      if (held.probe === 'waiting') this.#probe(slot, held);
      else this.#render(slot, held, held.waiting.shift() ?? 0);
    }
    this.#changed();
  }

  #busy(slot: Slot, held: Held, frame: number | null, ms: number, done: () => void): void {
    const { clock } = this.#around.world;
    const timer = this.#after(ms, () => {
      this.#free(slot);
      done();
      this.#fillSlots();
    });
    slot.work = { held, frame, timer, startedAt: clock.now };
  }

  #probe(slot: Slot, held: Held): void {
    held.probe = 'running';
    const { lease } = held;
    const { chance, faults } = this.#around.world;
    const problem = this.#problem(chance.happens(faults.badFrame) ? 'render.crashed' : this.#ownProblem());
    const report = this.#around.shapes.get(lease.job)?.probe;
    this.#busy(slot, held, null, chance.between(300, 3000), () => {
      held.probe = 'done';
      if (problem || !report)
        this.#updates.note({
          kind: 'probe-failed',
          lease: lease.id,
          problem: problem ?? { code: 'render.failed', says: '' },
        });
      else this.#updates.note({ kind: 'probed', lease: lease.id, report });
    });
  }

  #lacksMemory(shape: JobShape): string | null {
    return shape.needsBytes > (this.traits.memory ?? Number.POSITIVE_INFINITY) ? 'capacity.memory' : null;
  }

  // A quarter of an hour in every hour, while things are as they are.
  get #isInUse(): boolean {
    const { clock, faults } = this.#around.world;
    return (
      this.traits.isUsed === true &&
      faults.meddling < Number.POSITIVE_INFINITY &&
      clock.now % 3_600_000 < 900_000
    );
  }

  #ownProblem(): string | null {
    return this.#chance.happens(this.traits.faulty) ? 'machine.gpu-failed' : null;
  }

  #problem(code: string | null): { code: string; says: string } | null {
    return code === null ? null : { code, says: `It was ${code}.` };
  }

  #render(slot: Slot, held: Held, frame: number): void {
    const { lease } = held;
    const shape = this.#around.shapes.get(lease.job);
    if (!shape) throw new Error(`a lease of a job that nobody submitted, ${lease.job}`);
    const tried = this.#around.tried(lease.job, frame);
    const problem = this.#problem(
      this.#lacksMemory(shape) ?? fateOf(shape, frame, tried) ?? this.#ownProblem(),
    );
    const usual = frameSeconds(shape, frame) / this.traits.speed;
    const seconds =
      problem?.code === 'render.hung' ? SILENCE_SECONDS : problem ? usual * this.#chance.next() : usual;
    held.rendering.add(frame);
    const idleMs = this.#around.world.clock.now - slot.idleSince;
    this.#around.onStart?.(this.traits.id, lease.job, idleMs);
    this.#busy(slot, held, frame, seconds * 1000, () => {
      held.rendering.delete(frame);
      this.#around.onEnd?.(this.traits.id, lease.job, seconds);
      if (problem)
        return this.#updates.note({
          ...{ kind: 'frame-failed', lease: lease.id, job: lease.job, frame },
          ...{ problem, seconds, log: 'It went wrong' },
        });
      this.#courier.send({ job: lease.job, frame, lease: lease.id, worker: this.traits.id, seconds });
    });
  }

  // ── what it tells ────────────────────────────────────────────────────────────────────────────────

  #scheduleBeat(ms: number): void {
    const { clock } = this.#around.world;
    const due = clock.now + ms;
    if (due >= this.#beatDue) return;
    this.#beatDue = due;
    this.#after(ms, () => {
      if (this.#beatDue === due) this.#beat();
    });
  }

  #beat(): void {
    this.#beatDue = Number.POSITIVE_INFINITY;
    this.#scheduleBeat(BEAT_MS);
    const slots = this.#slots.map(({ number, work }) => ({
      ...{ slot: number, state: work ? (work.frame === null ? 'preparing' : 'rendering') : 'idle' },
      ...{
        job: work?.held.lease.job ?? null,
        lease: work?.held.lease.id ?? null,
        frame: work?.frame ?? null,
      },
      ...{ fraction: work ? 0.5 : null, memory: null },
    })) as never;
    const delivering = this.#courier.waiting.map(({ job, lease, frame }) => ({ job, lease, frame }));
    const heartbeat = { boot: this.#boot, slots, delivering, inUse: this.#isInUse };
    this.#around.link.send<HeartbeatReply>(
      { command: { kind: 'heartbeat', worker: this.traits.id, heartbeat }, timeoutMs: 5000 },
      {
        onReply: this.#whileBoot((reply) => {
          if (!reply.known) this.#introduce(() => undefined);
        }),
        onFailure: () => undefined,
      },
    );
  }
}
