import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { GpuCard, GpuDevice } from '@akashganga/protocol';
import { readIdentity } from '../identity.ts';
import { graphicsDevices, type Sandbox } from '../sandbox/index.ts';
import { startWorker, type Worker } from '../worker.ts';
import type { WorkerOptions } from '../worker-options.ts';
import { cardsKey, readSameCards, writeCards } from './card-record.ts';
import { tryCards } from './try-cards.ts';

/** `auto`: all, looked for where the system shows any; `none`; `all`; or one kind, as `optix`. */
export type CardChoice = string;

export interface CardWorkersOptions {
  /** The computer's worker for its processors: it shows the cards, and has the bytes that all share. */
  readonly first: Worker;
  readonly worker: WorkerOptions;
  readonly choice: CardChoice;
  /** Draws the boot of a further worker. */
  readonly drawBoot: () => string;
  readonly openSandbox: (folder: string) => Promise<Sandbox>;
}

/**
 * The workers for a computer's graphics cards: one for all cards of a model, with a slot for each card. They are workers
 * of their own because the farm learns for each worker how fast it is and what it fails at, and a card and a processor
 * have nothing of that in common (decision 16). Cards are looked for while the first worker renders already.
 */
export class CardWorkers {
  readonly #options: CardWorkersOptions;
  readonly #stop = new AbortController();
  readonly #workers: { worker: Worker; sandbox: Sandbox }[] = [];
  readonly #started: Promise<void>;

  constructor(options: CardWorkersOptions) {
    this.#options = options;
    const { log } = options.worker;
    this.#started = this.#start().catch((error: unknown) => {
      if (!this.#stop.signal.aborted) log.error({ error }, 'the graphics cards could not be looked for');
    });
  }

  /** When the cards were looked for and their workers started. */
  get started(): Promise<void> {
    return this.#started;
  }

  async #start(): Promise<void> {
    const { first, worker, choice } = this.#options;
    const [blender] = worker.blenders;
    if (choice === 'none' || !blender || (choice === 'auto' && !(await mayHaveCards()))) return;
    const { folder, sandbox, environment, log } = worker;
    const key = await cardsKey(blender);
    const cards =
      (await readSameCards(folder, key)) ??
      (await tryCards({
        ...{ blender: blender.path, sandbox, environment, signal: this.#stop.signal },
        folder: join(folder, 'slots', 'cards'),
      }));
    await writeCards(folder, key, cards);
    for (const { name, problem } of cards) log.info({ card: name, problem }, 'a graphics card was found');
    await first.showCards(cards);
    const offered = cards.filter(
      (card) => card.problem === null && (choice === 'auto' || choice === 'all' || isKind(card, choice)),
    );
    for (const [model, own] of byModel(offered)) await this.#startOne(model, own);
  }

  async #startOne(model: string, cards: readonly GpuDevice[]): Promise<void> {
    this.#stop.signal.throwIfAborted();
    const { first, worker, drawBoot, openSandbox } = this.#options;
    const folder = join(worker.folder, 'cards', model.replace(/[^A-Za-z0-9]+/g, '-').slice(0, 100));
    await mkdir(folder, { recursive: true });
    const sandbox = await openSandbox(folder);
    // A certificate is of a computer: the workers of its cards are called after it.
    const { id = null } = worker.farm;
    const farm = { ...worker.farm, id: id && `${id}-${(await readIdentity(folder)).slice(2)}` };
    const started = await startWorker({
      ...worker,
      ...{
        folder,
        farm,
        sandbox,
        cards,
        slots: cards.length,
        boot: drawBoot(),
        bytes: first.bytes,
        give: null,
      },
      name: `${worker.name}: ${cards[0]?.name}`.slice(0, 200),
    });
    this.#workers.push({ worker: started, sandbox });
  }

  async drain(): Promise<void> {
    this.#stop.abort();
    await this.#started;
    await Promise.all(this.#workers.map(({ worker }) => worker.drain()));
  }

  /** Before the first worker is closed. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.#started;
    await Promise.all(this.#workers.map(({ worker }) => worker.close()));
    await Promise.all(this.#workers.map(({ sandbox }) => sandbox.close()));
  }
}

// Starting Blender to be told of no card is not worth it on a server that has none.
async function mayHaveCards(): Promise<boolean> {
  return process.platform !== 'linux' || (await graphicsDevices()).length > 0;
}

function isKind({ kind }: GpuCard, choice: CardChoice): boolean {
  return kind.toLowerCase() === choice.toLowerCase();
}

function byModel(cards: readonly GpuCard[]): Map<string, GpuDevice[]> {
  const models = new Map<string, GpuDevice[]>();
  for (const { kind, id, name } of cards) {
    const model = `${kind} ${name}`;
    models.set(model, [...(models.get(model) ?? []), { kind, id, name }]);
  }
  return models;
}
