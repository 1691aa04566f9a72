import { type EncodeOrder, type GatherReply, type GatherReport, parseFrames } from '@akashganga/protocol';
import type { Link } from '../world/link.ts';
import { must, type World } from '../world/world.ts';

const DIGEST = `sha256:${'1'.repeat(64)}`;
const BATCH = 1000;

export interface Delivery {
  readonly job: string;
  readonly frame: number;
  /** Becomes another when its worker is given the frame anew while it still has it. */
  lease: string;
  readonly worker: string;
  readonly seconds: number;
}

/** Gathers frames and reports them until the manager has them. Its disk outlives it; films under way do not. */
export class SimFrameServer {
  readonly id = 'frames-1';
  readonly #world: World;
  readonly #link: Link;
  /** Frames that are stored, by job. */
  readonly stored = new Map<string, Set<number>>();
  #reports: GatherReport[] = [];
  readonly #films = new Set<string>();
  #boots = 0;
  alive = false;
  #reporting = false;
  /** Called when the manager has acknowledged these. */
  onAcknowledged: (reports: readonly GatherReport[]) => void = () => undefined;

  constructor(world: World, link: Link) {
    this.#world = world;
    this.#link = link;
  }

  get #boot(): string {
    return `${this.id}-boot${this.#boots}`;
  }

  start(): void {
    if (this.alive) return;
    this.alive = true;
    this.#boots += 1;
    this.#films.clear();
    this.#reporting = false;
    this.#introduce();
  }

  die(): void {
    this.alive = false;
  }

  #whileBoot(run: () => void): () => void {
    const boot = this.#boots;
    return () => {
      if (this.alive && this.#boots === boot) run();
    };
  }

  #introduce(): void {
    const again = this.#whileBoot(() => this.#introduce());
    const hello = {
      ...{ id: this.id, boot: this.#boot, name: this.id, url: null, port: 8082 },
      ...{ containers: [], freeBytes: null, version: '0.1.0' },
    };
    this.#link.send(
      { command: { kind: 'frame-server-hello', hello, host: '10.0.0.5' }, timeoutMs: 10_000 },
      {
        onReply: this.#whileBoot(() => {
          this.#gather();
          this.#report();
        }),
        onFailure: () => this.#world.clock.after(1000, again),
      },
    );
  }

  // ── frames ───────────────────────────────────────────────────────────────────────────────────────

  /** True when the delivery is on disk; false when nobody is there to take it. */
  take(delivery: Delivery): boolean {
    if (!this.alive) return false;
    const { job, frame, lease, worker, seconds } = delivery;
    const ofJob = this.stored.get(job) ?? new Set();
    ofJob.add(frame);
    this.stored.set(job, ofJob);
    this.#reports.push({
      ...{ kind: 'frame', job, frame, digest: DIGEST, size: 100, lease, worker, seconds, memory: 1000 },
    });
    this.#report();
    return true;
  }

  get hasReports(): boolean {
    return this.#reports.length > 0;
  }

  #report(): void {
    if (this.#reporting || this.#reports.length === 0) return;
    this.#reporting = true;
    const sent = this.#reports.slice(0, BATCH);
    const again = this.#whileBoot(() => {
      this.#reporting = false;
      this.#report();
    });
    this.#link.send(
      {
        command: { kind: 'reports', frameServer: this.id, reports: sent },
        jobs: [...new Set(sent.map((report) => report.job))],
        timeoutMs: 20_000,
      },
      {
        onReply: this.#whileBoot(() => {
          this.onAcknowledged(sent);
          this.#reports = this.#reports.filter((report) => !sent.includes(report));
          again();
        }),
        onFailure: () => this.#world.clock.after(500, again),
      },
    );
  }

  // ── orders ───────────────────────────────────────────────────────────────────────────────────────

  #gather(): void {
    const again = this.#whileBoot(() => this.#gather());
    const gather = { boot: this.#boot, encoding: [...this.#films], freeBytes: null };
    this.#link.send<GatherReply>(
      {
        command: { kind: 'gather', frameServer: this.id, gather },
        timeoutMs: 45_000,
        over: (request) => ({ kind: 'gather-over', frameServer: this.id, gather: request }),
      },
      {
        onReply: (reply) =>
          this.#whileBoot(() => {
            if (!reply.known) return this.#introduce();
            this.#follow(reply);
            again();
          })(),
        onFailure: () => this.#world.clock.after(1000, again),
      },
    );
  }

  #follow(reply: GatherReply): void {
    for (const job of reply.stop) this.#films.delete(job);
    for (const order of reply.encode) this.#makeFilm(order);
    for (const job of reply.forget) {
      this.stored.delete(job);
      this.#films.delete(job);
      this.#reports = this.#reports.filter((report) => report.job !== job);
      this.#reports.push({ kind: 'forgotten', job });
    }
    this.#report();
  }

  #makeFilm(order: EncodeOrder): void {
    if (this.#films.has(order.job)) return;
    const frames = parseFrames(order.frames);
    const stored = this.stored.get(order.job);
    const failed = new Set(order.failed === null ? [] : parseFrames(order.failed));
    for (const frame of frames)
      must(
        failed.has(frame) || stored?.has(frame) === true,
        () => `a film of ${order.job} was ordered before frame ${frame} was stored`,
      );
    this.#films.add(order.job);
    const { clock, chance, faults } = this.#world;
    const seconds = chance.between(2, 40);
    clock.after(
      seconds * 1000,
      this.#whileBoot(() => {
        if (!this.#films.delete(order.job)) return;
        if (chance.happens(faults.filmFails))
          this.#reports.push({
            kind: 'film-failed',
            job: order.job,
            problem: { code: 'film.failed', says: 'The film could not be made.' },
          });
        else
          this.#reports.push({
            ...{ kind: 'film', job: order.job, container: 'mp4', digest: DIGEST, size: 1000 },
            frames: frames.length,
          });
        this.#report();
      }),
    );
  }
}
