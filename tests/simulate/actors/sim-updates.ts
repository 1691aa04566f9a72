import type { WorkerUpdate } from '@akashganga/protocol';
import type { Link } from '../world/link.ts';
import type { Life } from './life.ts';

/** What a simulated worker has to tell of its leases, in order and until it was heard. On its disk: it outlives the process. */
export class SimUpdates {
  readonly #worker: string;
  readonly #link: Link;
  #life: Life;
  #updates: { boot: string; update: WorkerUpdate }[] = [];
  #seq = 0;
  #sending = false;

  constructor(worker: string, link: Link, life: Life) {
    this.#worker = worker;
    this.#link = link;
    this.#life = life;
  }

  /** A new process begins, and goes on with what is on the disk. */
  begin(life: Life): void {
    this.#life = life;
    this.#seq = 0;
    this.#sending = false;
  }

  get isEmpty(): boolean {
    return this.#updates.length === 0;
  }

  note(
    update: { readonly kind: WorkerUpdate['kind']; readonly lease: string } & Record<string, unknown>,
  ): void {
    this.#seq += 1;
    this.#updates.push({
      boot: this.#life.boot,
      update: { ...update, seq: this.#seq } as unknown as WorkerUpdate,
    });
    this.flush(() => undefined);
  }

  /** Tells everything, then calls `then`. */
  flush(then: () => void): void {
    const [first] = this.#updates;
    if (!first) return then();
    if (this.#sending) return;
    this.#sending = true;
    const batch = this.#updates.slice(0, 100).filter((line) => line.boot === first.boot);
    const again = () => {
      this.#sending = false;
      this.flush(then);
    };
    const done = () => {
      this.#updates = this.#updates.filter((line) => !batch.includes(line));
      again();
    };
    const updates = batch.map((line) => line.update);
    const { whileBoot, after } = this.#life;
    this.#link.send(
      {
        command: { kind: 'updates', worker: this.#worker, batch: { boot: first.boot, updates } },
        timeoutMs: 15_000,
      },
      {
        onReply: whileBoot(done),
        onFailure: whileBoot((error) => {
          if (error?.code === 'worker.unknown') done();
          else after(500, again);
        }),
      },
    );
  }
}
