import { open, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type FarmClient, retryLater } from '@akashganga/client';
import { WorkerUpdate, workerRoutes } from '@akashganga/protocol';
import { z } from 'zod';

// A union's members, each without the number that is given here.
type WithoutSeq<T> = T extends unknown ? Omit<T, 'seq'> : never;
export type NewUpdate = WithoutSeq<WorkerUpdate>;

const Line = z.object({ boot: z.string(), update: WorkerUpdate });
type Line = z.infer<typeof Line>;

const BATCH = 100;

/**
 * Facts for the manager, kept on disk until it has them, sent in order. Survives this process: what the
 * boot before could not send is sent first, under that boot's name.
 */
export class UpdateOutbox {
  readonly #client: FarmClient;
  readonly #worker: string;
  readonly #boot: string;
  readonly #file: string;
  readonly #signal: AbortSignal;
  readonly #onUnwritten: (error: unknown) => void;
  #lines: Line[] = [];
  #seq = 0;
  #sending: Promise<void> | null = null;
  #writing: Promise<void> = Promise.resolve();

  constructor(options: {
    client: FarmClient;
    worker: string;
    boot: string;
    folder: string;
    signal: AbortSignal;
    onUnwritten: (error: unknown) => void;
  }) {
    this.#client = options.client;
    this.#worker = options.worker;
    this.#boot = options.boot;
    this.#file = join(options.folder, 'updates.jsonl');
    this.#signal = options.signal;
    this.#onUnwritten = options.onUnwritten;
  }

  /** Reads what an earlier process left. A torn last line was never promised to anyone. */
  async load(): Promise<void> {
    const text = await readFile(this.#file, 'utf8').catch(() => '');
    for (const line of text.split('\n')) {
      const parsed = Line.safeParse(parseJson(line));
      if (parsed.success) this.#lines.push(parsed.data);
    }
  }

  async add(update: NewUpdate): Promise<void> {
    this.#seq += 1;
    const line = { boot: this.#boot, update: { ...update, seq: this.#seq } as WorkerUpdate };
    this.#lines.push(line);
    await this.#write(() => this.#append(line));
    this.flush().catch(() => undefined);
  }

  /** Sends all there is; resolves when the manager has it. Rejects only when the worker stops. */
  flush(): Promise<void> {
    this.#sending ??= this.#send().finally(() => {
      this.#sending = null;
    });
    return this.#sending;
  }

  async #send(): Promise<void> {
    while (this.#lines.length > 0) {
      const boot = this.#lines[0]?.boot ?? '';
      const batch = this.#lines.slice(0, BATCH).filter((line) => line.boot === boot);
      const updates = batch.map((line) => line.update);
      await retryLater(
        () =>
          this.#client.call(workerRoutes.updates, {
            params: { worker: this.#worker },
            body: { boot, updates },
          }),
        { signal: this.#signal },
      ).catch(passOverUnknownWorker);
      this.#lines.splice(0, batch.length);
      await this.#write(() => this.#rewrite());
    }
  }

  // One after the other. What a full disk does not take is sent from memory all the same, and a line that
  // could not be removed is only said twice.
  #write(work: () => Promise<void>): Promise<void> {
    this.#writing = this.#writing.then(work).catch((error: unknown) => this.#onUnwritten(error));
    return this.#writing;
  }

  async #append(line: Line): Promise<void> {
    const file = await open(this.#file, 'a');
    try {
      await file.write(`${JSON.stringify(line)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
  }

  async #rewrite(): Promise<void> {
    const text = this.#lines.map((line) => `${JSON.stringify(line)}\n`).join('');
    await writeFile(`${this.#file}.new`, text);
    await rename(`${this.#file}.new`, this.#file);
  }
}

// A manager that has no such worker gave its frames to others long ago.
function passOverUnknownWorker(error: unknown): void {
  if ((error as { code?: string }).code !== 'worker.unknown') throw error;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
