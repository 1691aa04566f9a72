import { setTimeout as sleep } from 'node:timers/promises';
import { accessRoutes, FarmError } from '@akashganga/protocol';
import type { FarmClient } from './farm-client.ts';

/** How often a role asks who was shut out. */
const EVERY_MS = 30_000;

/**
 * Which members the farm has shut out, as far as this role knows: it asks every half minute, because certificates say
 * nothing of it. While the manager is away what was known last holds. A member known by its certificate is refused
 * everywhere within a minute.
 */
export class ShutOut {
  readonly #stop = new AbortController();
  #members: ReadonlySet<string> = new Set();
  #mark = '';

  /** `onFailed` is told why the manager did not answer, for the log. */
  constructor(client: FarmClient, onFailed: (error: unknown) => void, everyMs = EVERY_MS) {
    void this.#follow(client, onFailed, everyMs);
  }

  has(member: string): boolean {
    return this.#members.has(member);
  }

  async #follow(client: FarmClient, onFailed: (error: unknown) => void, everyMs: number): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      try {
        const { mark, members } = await client.call(accessRoutes.shutOut, {
          query: { known: this.#mark },
          signal,
        });
        if (members) this.#members = new Set(members);
        this.#mark = mark;
      } catch (error) {
        if (signal.aborted) return;
        if (!(error instanceof FarmError) || error.retry === 'never') onFailed(error);
      }
      // Not all in the same moment.
      const wait = everyMs * (0.75 + Math.random() / 4);
      await sleep(wait, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  close(): void {
    this.#stop.abort();
  }
}
