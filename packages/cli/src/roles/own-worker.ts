import { CardWorkers, type Sandbox, startWorker, type Worker, type WorkerOptions } from '@akashganga/worker';
import type { Slots } from './worker-slots.ts';

export interface OwnWorkerOptions {
  /** Its slots and threads are those it starts with. */
  readonly about: Omit<WorkerOptions, 'boot'>;
  readonly drawBoot: () => string;
  /** Which graphics cards get workers of their own. */
  readonly gpu: string;
  /** For the worker of a card, in its folder. */
  readonly openSandbox: (folder: string) => Promise<Sandbox>;
}

interface Running {
  readonly worker: Worker;
  readonly cards: CardWorkers;
}

/** The worker of this computer and those of its graphics cards; they can begin anew with other slots. */
export class OwnWorker {
  readonly #options: OwnWorkerOptions;
  #running: Running;
  #isStopping = false;
  #isReplacing = false;
  #replaced: Promise<void> = Promise.resolve();
  #end: (outcome: Promise<void>) => void = () => undefined;
  /** Settles when the worker ends by itself; rejects when it cannot go on. */
  readonly ended = new Promise<void>((resolve) => {
    this.#end = resolve;
  });

  private constructor(options: OwnWorkerOptions, running: Running) {
    this.#options = options;
    this.#running = running;
    this.#watch(running);
  }

  static async start(options: OwnWorkerOptions): Promise<OwnWorker> {
    return new OwnWorker(options, await begin(options, options.about));
  }

  get slots(): number {
    return this.#running.worker.slots;
  }

  get hasWork(): boolean {
    return this.#running.worker.hasWork;
  }

  /** Finishes the frames under way, and goes on with other slots: for the farm the same worker, started anew. */
  replace({ slots, threads }: Slots): Promise<void> {
    this.#replaced = this.#replace({ ...this.#options.about, slots, threads });
    return this.#replaced;
  }

  async #replace(about: Omit<WorkerOptions, 'boot'>): Promise<void> {
    await drainBoth(this.#running);
    if (this.#isStopping) return;
    this.#isReplacing = true;
    await closeBoth(this.#running);
    this.#running = await begin(this.#options, about);
    this.#isReplacing = false;
    this.#watch(this.#running);
  }

  drain(): Promise<void> {
    return this.#stop(drainBoth);
  }

  close(): Promise<void> {
    return this.#stop(closeBoth);
  }

  async #stop(how: (running: Running) => Promise<void>): Promise<void> {
    this.#isStopping = true;
    const running = this.#running;
    await how(running);
    await this.#replaced.catch(() => undefined);
    if (this.#running !== running) await how(this.#running);
  }

  #watch(running: Running): void {
    const settled = () => {
      if (!this.#isReplacing) this.#end(running.worker.ended);
    };
    running.worker.ended.then(settled, settled);
  }
}

async function begin(options: OwnWorkerOptions, about: Omit<WorkerOptions, 'boot'>): Promise<Running> {
  const { drawBoot, openSandbox, gpu } = options;
  const whole: WorkerOptions = { ...about, boot: drawBoot() };
  const worker = await startWorker(whole);
  const cards = new CardWorkers({ first: worker, worker: whole, choice: gpu, drawBoot, openSandbox });
  return { worker, cards };
}

async function drainBoth({ worker, cards }: Running): Promise<void> {
  await Promise.all([worker.drain(), cards.drain()]);
}

async function closeBoth({ worker, cards }: Running): Promise<void> {
  await cards.close();
  await worker.close();
}
