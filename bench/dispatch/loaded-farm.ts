import { BenchFrameServer } from './bench-frame-server.ts';
import { BenchManager, putScene } from './bench-manager.ts';
import { type Bench, BenchWorker } from './bench-worker.ts';
import type { Connections } from './connections.ts';

export interface Load {
  readonly workers: number;
  readonly frameMs: number;
  readonly jobs: number;
  /** Of each job. */
  readonly frames: number;
  /** Of the built page, to be served too. */
  readonly pageFolder?: string;
}

/** A manager with workers that render by waiting, and jobs for them. */
export class LoadedFarm {
  readonly manager: BenchManager;
  readonly calls: Connections;
  readonly frameServer: BenchFrameServer;
  readonly bench: Bench;
  readonly jobs: string[] = [];
  /** Frames in leases that workers were given. */
  leased = 0;

  private constructor(manager: BenchManager, frameMs: number) {
    this.manager = manager;
    this.calls = manager.connect();
    this.frameServer = new BenchFrameServer(this.calls);
    this.bench = {
      ...{ calls: this.calls, frameServer: this.frameServer, gaps: [], stopped: false, frameMs },
      onLease: (lease) => {
        if (lease.kind === 'render') this.leased += countFrames(lease.frames ?? '');
      },
    };
  }

  static async start(load: Load, nodeFlags: readonly string[] = []): Promise<LoadedFarm> {
    const farm = new LoadedFarm(await BenchManager.start(nodeFlags, load.pageFolder ?? null), load.frameMs);
    try {
      await farm.frameServer.start();
      await inGroups(load.workers, 50, (number) => new BenchWorker(`worker-${number}`, farm.bench).start());
      await farm.#submit(load);
      return farm;
    } catch (error) {
      await farm.close();
      throw error;
    }
  }

  async #submit({ jobs, frames }: Load): Promise<void> {
    const scene = await putScene(this.calls);
    await inGroups(jobs, 20, async (number) => {
      const job = newJob(scene, number, `1-${frames}`);
      this.jobs.push((await this.calls.post<{ id: string }>('/jobs', job)).id);
    });
  }

  /** Waits until it is so; fails after `seconds`. */
  async until(isSo: () => boolean, seconds: number): Promise<void> {
    const giveUp = performance.now() + seconds * 1000;
    while (!isSo()) {
      if (performance.now() > giveUp)
        throw new Error(
          `not within ${seconds} s; ${this.frameServer.acknowledged} frames acknowledged, ${this.frameServer.problem}`,
        );
      await new Promise((next) => setTimeout(next, 20));
    }
  }

  async close(): Promise<void> {
    this.bench.stopped = true;
    this.frameServer.stop();
    this.calls.close();
    await this.manager.close();
  }
}

export function newJob(scene: Awaited<ReturnType<typeof putScene>>, number: number, frames: string) {
  return { name: `Job ${number}`, submitter: `submitter-${number % 5}`, scene, settings: {}, frames };
}

export async function inGroups(
  count: number,
  size: number,
  run: (number: number) => Promise<unknown>,
): Promise<void> {
  for (let from = 0; from < count; from += size)
    await Promise.all(
      Array.from({ length: Math.min(size, count - from) }, (_, number) => run(from + number)),
    );
}

function countFrames(spec: string): number {
  return spec.split(',').reduce((sum, part) => {
    const [, first = '0', last = first] = /^(-?\d+)(?:-(-?\d+))?/.exec(part) ?? [];
    return sum + Number(last) - Number(first) + 1;
  }, 0);
}
