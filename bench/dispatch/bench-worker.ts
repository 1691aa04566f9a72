import { type HeartbeatReply, type Lease, parseFrames, type WorkReply } from '@akashganga/protocol';
import type { BenchFrameServer } from './bench-frame-server.ts';
import type { Connections } from './connections.ts';

const BEAT_MS = 3000;
const SOON_MS = 200;

export interface Bench {
  readonly calls: Connections;
  readonly frameServer: BenchFrameServer;
  /** How long a frame takes, milliseconds: this on the whole, and up to a quarter more or less. */
  frameMs: number;
  /** Milliseconds a slot had nothing to do before each frame it began. */
  readonly gaps: number[];
  readonly onLease: (lease: Lease) => void;
  stopped: boolean;
}

interface Held {
  readonly lease: Lease;
  readonly frames: number[];
}

/** A worker of one slot that renders by waiting, and says of it all that the real one says. */
export class BenchWorker {
  readonly id: string;
  readonly #bench: Bench;
  /** Until the manager ends them: it may not have heard yet of frames that were delivered. */
  readonly #held: Held[] = [];
  #asked = 0;
  #asks = 0;
  #rendering: { held: Held; frame: number } | null = null;
  /** When the slot became free. */
  #freeAt: number | null = null;
  #beatAt = Number.POSITIVE_INFINITY;
  #seq = 0;
  #beatMs = BEAT_MS;
  #soonMs = SOON_MS;

  constructor(id: string, bench: Bench) {
    this.id = id;
    this.#bench = bench;
  }

  get #boot(): string {
    return `${this.id}-boot`;
  }

  async start(): Promise<void> {
    await this.#bench.calls.post('/workers', {
      ...{ id: this.id, boot: this.#boot, name: this.id, platform: 'linux-x64', cores: 4, memory: 8e9 },
      ...{ slots: 1, blenders: [{ version: '3.4.1', path: '/usr/bin/blender' }], tags: [], version: '0.1.0' },
    });
    this.#ask();
    this.#beatSoon(Math.random() * BEAT_MS);
  }

  get #want(): number {
    const waiting = this.#held.reduce((sum, held) => sum + held.frames.length, 0);
    return Math.max(0, (this.#rendering ? 0 : 1) + 1 - waiting);
  }

  #ask(): void {
    if (this.#bench.stopped) return;
    const holding = this.#held.map(({ lease, frames }) => ({
      lease: lease.id,
      left: frames.length + Number(this.#rendering?.held.lease === lease),
    }));
    this.#asks += 1;
    const ask = this.#asks;
    this.#asked = this.#want;
    const body = { boot: this.#boot, holding, want: this.#asked, idle: this.#rendering ? 0 : 1 };
    this.#bench.calls
      .post<WorkReply>(`/workers/${this.id}/work`, body)
      .then((reply) => {
        this.#hear(reply);
        // An answer to a request whose place another one has taken is empty.
        if (ask === this.#asks) this.#ask();
      })
      .catch(() => ask === this.#asks && setTimeout(() => this.#ask(), 500));
  }

  #hear(reply: WorkReply): void {
    for (const id of reply.ended) {
      const at = this.#held.findIndex((held) => held.lease.id === id);
      if (at >= 0) this.#held.splice(at, 1);
    }
    for (const lease of reply.leases) {
      if (this.#held.some((held) => held.lease.id === lease.id)) continue;
      this.#bench.onLease(lease);
      if (lease.kind === 'probe') this.#probe(lease);
      else this.#held.push({ lease, frames: [...parseFrames(lease.frames ?? '')] });
    }
    if (!this.#rendering) this.#next(performance.now());
  }

  #probe(lease: Lease): void {
    this.#seq += 1;
    const report = {
      ...{ blender: '3.4.1', fileVersion: '3.4', scene: 'Scene', scenes: ['Scene'], camera: 'Camera' },
      ...{ cameras: ['Camera'], frameStart: 1, frameEnd: 10, frameStep: 1, fps: 24, fpsBase: 1 },
      ...{ width: 64, height: 48, engine: 'CYCLES', format: 'PNG', isMovie: false, extension: '.png' },
      ...{ colorMode: 'RGB', colorDepth: '8', missing: [], warnings: [], order: 'any', orderReasons: [] },
      ...{ outputs: [], movie: null, device: 'CPU' },
    };
    const updates = [{ kind: 'probed', seq: this.#seq, lease: lease.id, report }];
    this.#bench.calls.post(`/workers/${this.id}/updates`, { boot: this.#boot, updates }).catch(console.error);
  }

  /** Takes the next frame, which begins at `now`: a timer that comes late must not make the frame longer. */
  #next(now: number): void {
    const held = this.#held.find((one) => one.frames.length > 0);
    if (!held || this.#bench.stopped) {
      this.#rendering = null;
      this.#freeAt ??= now;
      return;
    }
    this.#bench.gaps.push(this.#freeAt === null ? 0 : Math.max(0, now - this.#freeAt));
    this.#freeAt = null;
    const frame = held.frames.shift() ?? 0;
    this.#rendering = { held, frame };
    this.#changed();
    // Workers that began together must not stay in step: no farm does.
    const end = now + this.#bench.frameMs * (0.75 + Math.random() / 2);
    setTimeout(() => this.#done(held, frame, end), Math.max(0, end - performance.now()));
  }

  #done(held: Held, frame: number, end: number): void {
    this.#bench.frameServer.take(held.lease.job, frame, held.lease.id, this.id, this.#bench.frameMs / 1000);
    this.#rendering = null;
    this.#next(end);
    this.#changed();
  }

  #changed(): void {
    this.#beatSoon(this.#soonMs);
    const want = this.#want;
    if (want > this.#asked) this.#ask();
  }

  #beatSoon(ms: number): void {
    const wait = ms * (0.75 + Math.random() / 4);
    const due = performance.now() + wait;
    if (due >= this.#beatAt) return;
    this.#beatAt = due;
    setTimeout(() => {
      if (this.#beatAt === due) this.#beat();
    }, wait);
  }

  #beat(): void {
    this.#beatAt = Number.POSITIVE_INFINITY;
    if (this.#bench.stopped) return;
    this.#beatSoon(this.#beatMs);
    const work = this.#rendering;
    const slot = {
      ...{ slot: 0, state: work ? 'rendering' : 'idle', job: work?.held.lease.job ?? null },
      ...{ lease: work?.held.lease.id ?? null, frame: work?.frame ?? null },
      ...{ fraction: work ? 0.5 : null, memory: null },
    };
    const body = { boot: this.#boot, slots: [slot], delivering: [] };
    this.#bench.calls
      .post<HeartbeatReply>(`/workers/${this.id}/heartbeat`, body)
      .then(({ beatMs, changesMs }) => {
        this.#beatMs = beatMs ?? BEAT_MS;
        this.#soonMs = changesMs ?? SOON_MS;
      })
      .catch(() => undefined);
  }
}
