import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FarmClient, retryLater } from '@akashganga/client';
import {
  type FollowedFrame,
  type GpuCard,
  type WorkerUsage,
  type WorkReply,
  workerRoutes,
} from '@akashganga/protocol';
import { Blenders } from './builds/blenders.ts';
import { KeptBytes } from './cache/kept-bytes.ts';
import { Courier } from './delivery/courier.ts';
import { deliverKept, framesHere, renderedBefore, renderedHere } from './delivery/deliver-kept.ts';
import { FrameOutbox } from './delivery/frame-outbox.ts';
import { KeptFrames } from './delivery/kept-frames.ts';
import { DiskRoom } from './disk/disk-room.ts';
import { readIdentity } from './identity.ts';
import { HeldLeases } from './leases/held-leases.ts';
import { Heart } from './link/heartbeat.ts';
import { helloOf } from './link/hello-of.ts';
import { isInUse } from './link/is-in-use.ts';
import { UpdateOutbox } from './link/update-outbox.ts';
import { WorkLoop } from './link/work-loop.ts';
import { Results } from './results/results.ts';
import { SceneCache } from './scenes/scene-cache.ts';
import { MemoryGuard, Recogniser } from './session/index.ts';
import { Lane } from './slots/lane.ts';
import { Slot } from './slots/slot.ts';
import { slotOptions } from './slots/slot-options.ts';
import { tailsOf } from './slots/tails-of.ts';
import type { WorkerOptions } from './worker-options.ts';

const SLOW_MOTION_SECONDS = 1.5;
/** Another scene than the one that is open is expected after this long. */
const STANDBY_MS = 10_000;
/** A session without work is closed after this long, to give its memory back. */
const SESSION_REST_MS = 60_000;
/** Who is asked to stop waits no longer for the manager to hear the rest. */
const FLUSH_MS = 5000;

/** Starts a worker; it introduces itself as soon as the manager answers. Without a Blender of its own it uses the farm's. */
export async function startWorker(options: WorkerOptions): Promise<Worker> {
  await mkdir(options.folder, { recursive: true });
  const id = options.farm.id ?? (await readIdentity(options.folder));
  const worker = new Worker(options, id);
  await worker.start();
  return worker;
}

export class Worker {
  readonly id: string;
  readonly #options: WorkerOptions;
  readonly #client: FarmClient;
  readonly #stop = new AbortController();
  readonly #leases = new HeldLeases();
  readonly #recogniser: Recogniser;
  readonly #guard = new MemoryGuard();
  readonly #slots: Slot[];
  readonly #frames: FrameOutbox;
  readonly #kept: KeptFrames;
  readonly #updates: UpdateOutbox;
  readonly #courier: Courier;
  readonly #heart: Heart;
  readonly #loop: WorkLoop;
  readonly #results: Results;
  readonly #room: DiskRoom;
  /** What it keeps of scenes and builds, to be shared with workers for its computer's graphics cards. */
  readonly bytes: KeptBytes;
  readonly #lanes: Promise<void>[] = [];
  #wakers: (() => void)[] = [];
  #follow: readonly FollowedFrame[] = [];
  #draining = false;
  #cards: readonly GpuCard[] | null = null;
  /** Settles when the worker ends by itself: rejected when it cannot go on. */
  readonly ended: Promise<void>;
  #end: { resolve: () => void; reject: (error: unknown) => void } = {
    resolve: () => undefined,
    reject: () => undefined,
  };

  constructor(options: WorkerOptions, id: string) {
    this.id = id;
    this.#options = options;
    const { folder, farm, log, boot } = options;
    const client = new FarmClient(farm);
    this.#recogniser = new Recogniser(options.failureRules ?? []);
    this.#client = client;
    this.ended = new Promise((resolve, reject) => {
      this.#end = { resolve, reject };
    });
    const signal = this.#stop.signal;
    const introduce = () => this.#introduce();
    const { key, tls = null } = farm;
    const kept = { folder, client, key, tls, worker: id, boot, log, limit: options.cacheBytes };
    const onFull = (bytes: number) => this.#room.lacks(bytes);
    this.bytes = options.bytes ?? new KeptBytes({ ...kept, give: options.give, onFull });
    const scenes = new SceneCache(this.bytes.cache);
    const blenders = new Blenders({ ...options, own: options.blenders, cache: scenes });
    const slot = (_: unknown, number: number) => this.#makeSlot(number, scenes, blenders);
    this.#slots = Array.from({ length: options.slots }, slot);
    this.#frames = new FrameOutbox(join(folder, 'outbox'));
    this.#kept = new KeptFrames({
      ...{ folder: join(folder, 'delivered'), outbox: this.#frames, limit: options.keptBytes },
      now: () => Date.now(),
    });
    this.#updates = new UpdateOutbox({
      ...{ client, worker: id, boot, folder, signal },
      onUnwritten: (error) => log.warn({ error }, 'the outbox could not be written'),
    });
    const makeRoom = () => this.#kept.clear();
    this.#room = new DiskRoom({ folder, log, onRoom: () => this.#changed(), makeRoom });
    this.#courier = new Courier({
      ...{ outbox: this.#frames, farm: client, key, tls, worker: id, log, signal },
      onRefused: (parcel, problem) => this.#results.refused(parcel, problem),
      onSpoilt: ({ lease, frame }) => this.#results.giveBack({ lease, frames: String(frame) }),
      onDelivered: (stored) => this.#kept.keep(stored).catch(() => this.#frames.drop(stored)),
      onChange: () => this.#changed(),
    });
    this.#results = new Results({
      ...{ updates: this.#updates, frames: this.#frames, courier: this.#courier, log },
      slowMotionSeconds: options.slowMotionSeconds ?? SLOW_MOTION_SECONDS,
    });
    this.#heart = new Heart({
      ...{ client, worker: id, log, introduce, report: () => this.#beat() },
      onFollow: (follow) => {
        this.#follow = follow;
      },
    });
    this.#loop = new WorkLoop({
      ...{ client, worker: id, boot, log, signal, introduce },
      needs: () => this.#needs(),
      onReply: (reply) => this.#onReply(reply),
    });
  }

  #makeSlot(number: number, scenes: SceneCache, blenders: Blenders): Slot {
    const shared = { scenes, blenders, recogniser: this.#recogniser, guard: this.#guard };
    const own = { ...slotOptions(this.#options, number), client: this.#client };
    return new Slot({ ...own, ...shared, onChange: () => this.#changed() });
  }

  async start(): Promise<void> {
    await rm(join(this.#options.folder, 'slots'), { recursive: true, force: true });
    await this.#kept.load();
    for (const stored of await this.#frames.load()) this.#courier.send(stored);
    await this.#updates.load();
    if (!this.#options.bytes) await this.bytes.start();
    this.#live().then(this.#end.resolve, (error: unknown) => {
      if (this.#stop.signal.aborted) this.#end.resolve();
      else this.#end.reject(error);
    });
    this.#lanes.push(...this.#slots.map((slot) => this.#lane(slot).run()));
  }

  #lane(slot: Slot): Lane {
    return new Lane({
      ...{ slot, leases: this.#leases, results: this.#results, room: this.#room, log: this.#options.log },
      signal: this.#stop.signal,
      rest: () => this.#rest(slot),
      giveBack: () => this.#giveBack(),
      onChange: () => this.#changed(),
    });
  }

  async #live(): Promise<void> {
    // What the boot before could not say comes first, while its leases still count.
    await this.#updates.flush();
    await this.#introduce();
    this.#heart.start();
    await this.#loop.run();
  }

  async #introduce(): Promise<void> {
    const { slots, log } = this.#options;
    // What is on the disk changes while the manager is away.
    const hello = () =>
      helloOf(this.id, this.#options, { seen: this.#cards, rendered: renderedHere(this.#ways) });
    await retryLater(() => this.#client.call(workerRoutes.hello, { body: hello() }), {
      signal: this.#stop.signal,
      onWait: (error) => log.info(error.says),
    });
    log.info({ worker: this.id, slots }, 'joined the farm');
  }

  /** Tells the farm of its computer's graphics cards, also of those that no frames are rendered on. */
  async showCards(cards: readonly GpuCard[]): Promise<void> {
    this.#cards = cards;
    await this.#introduce();
  }

  #beat() {
    return {
      boot: this.#options.boot,
      slots: this.#slots.map((slot) => slot.report),
      delivering: this.#courier.list(),
      inUse: isInUse(),
      problem: this.#room.problem,
      usage: this.#usage,
      ...(this.#follow.length === 0 ? {} : { logs: tailsOf(this.#slots, this.#follow) }),
    };
  }

  get slots(): number {
    return this.#slots.length;
  }

  get hasWork(): boolean {
    return this.#leases.list().some(({ left }) => left > 0);
  }

  get #usage(): WorkerUsage {
    const { usage, speed } = this.bytes.cache;
    const speeds = { sends: this.#courier.speed.perSecond, fetches: speed.perSecond };
    return { cacheBytes: usage.bytes, cacheLimit: usage.limit, ...speeds };
  }

  get #takesNothing(): boolean {
    return this.#draining || this.#room.isFull;
  }

  #needs() {
    const holding = this.#leases.list();
    if (this.#takesNothing) return { holding, want: 0, idle: 0 };
    const idle = this.#wakers.length;
    // One unit for each slot in advance, so that none waits for an answer.
    return { holding, want: Math.max(0, idle + this.#slots.length - this.#leases.waiting), idle };
  }

  #onReply(reply: WorkReply): void {
    for (const id of reply.ended) this.#leases.end(id);
    const ways = this.#ways;
    for (const lease of reply.leases) {
      if (!this.#leases.add(lease)) continue;
      if (lease.kept) void deliverKept(lease, ways);
      else this.#leases.leaveOut(lease.id, renderedBefore(lease, this.#courier));
    }
    for (const job of reply.kept) this.#results.tellKept(job, framesHere(job, ways));
    for (const { lease, frames } of reply.wanted) {
      const given = this.#leases.yield(lease, frames);
      if (given !== null) this.#results.giveBack({ lease, frames: given });
    }
    if (this.#takesNothing) this.#giveBack();
    if (this.#leases.waiting > 0) for (const wake of this.#wakers.splice(0)) wake();
  }

  get #ways() {
    return { kept: this.#kept, courier: this.#courier, results: this.#results };
  }

  #changed(): void {
    this.#heart.changed();
    this.#loop.needsChanged();
  }

  async #rest(slot: Slot): Promise<void> {
    slot.rest();
    if (this.#leases.examined) slot.openAhead(this.#leases.examined);
    else if (!slot.hasSession) this.#standBy(slot);
    const timers = [
      setTimeout(() => this.#standBy(slot), STANDBY_MS),
      setTimeout(() => slot.closeSession().catch(() => undefined), SESSION_REST_MS),
    ];
    await new Promise<void>((wake) => {
      this.#wakers.push(wake);
      this.#changed();
    });
    for (const timer of timers) clearTimeout(timer);
  }

  #standBy(slot: Slot): void {
    if (!this.#takesNothing) slot.standBy();
  }

  #giveBack(): void {
    for (const given of this.#leases.giveBack()) this.#results.giveBack(given);
  }

  /**
   * Finishes what renders and delivers it; gives everything else back. What no frame server takes, and what no manager
   * hears, stays on the disk for the next start.
   */
  async drain(): Promise<void> {
    this.#draining = true;
    this.#giveBack();
    while (this.#slots.some((slot) => slot.report.state !== 'idle'))
      await new Promise((next) => setTimeout(next, 50));
    await this.#courier.settled();
    const held = this.#courier.list();
    if (held.length > 0) this.#options.onHeld?.(held);
    await Promise.race([this.#updates.flush(), sleep(FLUSH_MS)]);
  }

  /** Stops at once. Blender is killed; what was rendered stays in the outbox for the next start. */
  async close(): Promise<void> {
    this.#heart.stop();
    this.#room.close();
    this.#draining = true;
    for (const id of this.#leases.ids) this.#leases.end(id);
    this.#stop.abort();
    for (const wake of this.#wakers.splice(0)) wake();
    await Promise.allSettled(this.#lanes);
    await Promise.allSettled([
      ...[this.#courier.close(), this.#client.close(), this.ended],
      ...(this.#options.bytes ? [] : [this.bytes.close()]),
    ]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
