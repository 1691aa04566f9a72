import { type FarmClient, followEvents } from '@akashganga/client';
import {
  type FarmEvent,
  farmRoutes,
  type Job,
  jobRoutes,
  type Worker,
  workerRoutes,
} from '@akashganga/protocol';
import type { Talk } from '../output/talk.ts';
import { drawWatch, type Screen, type Watched } from './draw-watch.ts';

/** No screen shows more jobs. */
const MOST_JOBS = 200;
const DRAW_AFTER_MS = 200;
/** q, Q, and in raw mode, where they are keys like others, Ctrl-C and Ctrl-D. */
const QUIT: ReadonlySet<number> = new Set([0x71, 0x51, 3, 4]);

/**
 * The farm live in a terminal, until q or Ctrl-C. Where there is no terminal, one picture of it; with `--json` each event
 * of the farm as a line, until the signal.
 */
export async function watch(client: FarmClient, talk: Talk, signal: AbortSignal): Promise<void> {
  if (talk.json) return tellEvents(client, talk, signal);
  const view = new View(client);
  await view.readAll();
  if (!process.stdout.isTTY)
    return talk.answer(
      view
        .picture(plainScreen())
        .map((line) => line.trimEnd())
        .join('\n'),
    );
  using terminal = new Terminal();
  const over = AbortSignal.any([signal, terminal.ended]);
  const draw = () => terminal.show(view.picture(terminal.screen()));
  let planned: NodeJS.Timeout | undefined;
  const plan = () => {
    planned ??= setTimeout(() => {
      planned = undefined;
      draw();
    }, DRAW_AFTER_MS);
  };
  process.stdout.on('resize', plan);
  draw();
  try {
    const onLost = ({ says }: Error & { says?: string }) => {
      view.lost = says ?? 'the farm does not answer';
      plan();
    };
    for await (const event of followEvents(client, {
      signal: over,
      onLost,
      onOpen: () => void view.readAll().then(plan, plan),
    })) {
      view.take(event);
      plan();
    }
  } finally {
    clearTimeout(planned);
    process.stdout.off('resize', plan);
  }
}

async function tellEvents(client: FarmClient, talk: Talk, signal: AbortSignal): Promise<void> {
  for await (const event of followEvents(client, { signal })) talk.fact(event);
}

function plainScreen(): Screen {
  return { columns: 80, rows: 24, colours: false };
}

/** What is known of the farm, kept true by its events. */
class View {
  readonly #client: FarmClient;
  readonly #jobs = new Map<string, Job>();
  readonly #workers = new Map<string, Worker>();
  #farm = 'Akashganga';
  lost: string | null = null;

  constructor(client: FarmClient) {
    this.#client = client;
  }

  async readAll(): Promise<void> {
    const [farm, jobs, workers] = await Promise.all([
      this.#client.call(farmRoutes.summary, {}),
      this.#client.call(jobRoutes.list, { query: { limit: MOST_JOBS } }),
      this.#client.call(workerRoutes.list, {}),
    ]);
    this.#farm = farm.name;
    this.#jobs.clear();
    this.#workers.clear();
    for (const job of jobs.jobs) this.#jobs.set(job.id, job);
    for (const worker of workers.workers) this.#workers.set(worker.id, worker);
    this.lost = null;
  }

  take(event: FarmEvent): void {
    if (event.topic === 'job') this.#jobs.set(event.job.id, event.job);
    if (event.topic === 'job-deleted') this.#jobs.delete(event.job);
    if (event.topic === 'worker') this.#workers.set(event.worker.id, event.worker);
    if (event.topic === 'worker-removed') this.#workers.delete(event.worker);
    if (event.topic === 'reset') void this.readAll().catch(() => undefined);
  }

  picture(screen: Screen): string[] {
    const watched: Watched = {
      farm: this.#farm,
      jobs: [...this.#jobs.values()],
      workers: [...this.#workers.values()].sort((a, b) => a.name.localeCompare(b.name)),
      lost: this.lost,
    };
    return drawWatch(watched, screen);
  }
}

/** The terminal's other screen, given back as it was. */
class Terminal {
  readonly #keys = new AbortController();

  constructor() {
    process.stdout.write('\x1b[?1049h\x1b[?25l');
    if (!process.stdin.isTTY) return;
    process.stdin.setRawMode(true);
    process.stdin.resume();
    process.stdin.on('data', this.#onKey);
  }

  get ended(): AbortSignal {
    return this.#keys.signal;
  }

  screen(): Screen {
    const { columns = 80, rows = 24 } = process.stdout;
    return { columns, rows, colours: process.stdout.hasColors() };
  }

  /** Writes over what stands there, line by line, so that nothing flickers. */
  show(lines: readonly string[]): void {
    process.stdout.write(`\x1b[H${lines.map((line) => `${line}\x1b[K`).join('\r\n')}\x1b[J`);
  }

  readonly #onKey = (keys: Buffer): void => {
    if (keys.some((key) => QUIT.has(key))) this.#keys.abort();
  };

  [Symbol.dispose](): void {
    if (process.stdin.isTTY) {
      process.stdin.off('data', this.#onKey);
      process.stdin.setRawMode(false);
      process.stdin.pause();
    }
    process.stdout.write('\x1b[?25h\x1b[?1049l');
  }
}
