import type { GatherReply, GatherReport } from '@akashganga/protocol';
import type { Connections } from './connections.ts';

const BATCH = 4000;
const DIGEST = `sha256:${'1'.repeat(64)}`;

/** Takes frames and reports them as the frame server does: one request at a time, all that came up meanwhile in the next. */
export class BenchFrameServer {
  readonly #calls: Connections;
  #waiting: GatherReport[] = [];
  #sending = false;
  #stopped = false;
  /** Frames that the manager has acknowledged: they are on its disk. */
  acknowledged = 0;
  /** The first answer that was not good. */
  problem: string | null = null;
  /** Frames that workers delivered, and those among them that came more than once. */
  delivered = 0;
  twice = 0;
  /** `job frame` of what was delivered and of what was acknowledged. */
  readonly #taken = new Set<string>();
  readonly known = new Set<string>();

  constructor(calls: Connections) {
    this.#calls = calls;
  }

  async start(): Promise<void> {
    await this.#calls.post('/frame-servers', {
      ...{ id: 'bench-frames', boot: 'bench-boot', name: 'bench', url: null, port: 9, containers: [] },
      ...{ freeBytes: null, version: '0.1.0' },
    });
    this.#gather().catch(() => undefined);
  }

  async #gather(): Promise<void> {
    while (!this.#stopped) {
      const body = { boot: 'bench-boot', encoding: [], freeBytes: null };
      const reply = await this.#calls
        .post<GatherReply>('/frame-servers/bench-frames/work', body)
        .catch(() => pause(200));
      if (!reply) continue;
      for (const job of reply.forget) this.#waiting.push({ kind: 'forgotten', job });
    }
  }

  take(job: string, frame: number, lease: string, worker: string, seconds: number): void {
    const key = `${job} ${frame}`;
    this.delivered += 1;
    if (this.#taken.has(key)) this.twice += 1;
    this.#taken.add(key);
    this.#waiting.push({
      ...{ kind: 'frame', job, frame, digest: DIGEST, size: 1000, lease, worker, seconds, memory: 1e8 },
    });
    if (!this.#sending) this.#send().catch(() => undefined);
  }

  async #send(): Promise<void> {
    this.#sending = true;
    // What comes up in this turn of the event loop goes along.
    await new Promise((next) => setImmediate(next));
    while (this.#waiting.length > 0 && !this.#stopped) {
      const reports = this.#waiting.splice(0, BATCH);
      for (;;) {
        const isKnown = await this.#calls
          .post('/frame-servers/bench-frames/reports', { boot: 'bench-boot', reports })
          .then(() => true)
          .catch((error: Error) => {
            this.problem ??= error.message;
            return false;
          });
        if (isKnown || this.#stopped) break;
        await new Promise((next) => setTimeout(next, 100));
      }
      this.acknowledged += reports.length;
      for (const report of reports)
        if (report.kind === 'frame') this.known.add(`${report.job} ${report.frame}`);
    }
    this.#sending = false;
  }

  stop(): void {
    this.#stopped = true;
  }
}

function pause(ms: number): Promise<null> {
  return new Promise((next) => setTimeout(() => next(null), ms));
}
