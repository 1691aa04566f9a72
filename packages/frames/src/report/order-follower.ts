import { setTimeout as sleep } from 'node:timers/promises';
import type { GatherReply } from '@akashganga/protocol';
import type { Logger } from 'pino';
import type { DiskWatch } from '../files/disk-watch.ts';
import type { FilmMaker } from '../film/film-maker.ts';
import type { JobShelf } from '../gather/job-shelf.ts';
import { keepTrying } from './keep-trying.ts';
import type { ManagerLink } from './manager-link.ts';
import type { Reporter } from './reporter.ts';

export interface OrderRooms {
  readonly link: ManagerLink;
  readonly films: FilmMaker;
  readonly shelf: JobShelf;
  readonly reporter: Reporter;
  readonly freeBytes: () => Promise<number | null>;
  readonly disk: DiskWatch;
  readonly log: Logger;
}

/** Answers that come sooner than this and order no film are not followed by the next request at once. */
const SHORTEST_ROUND_MS = 250;

/** Keeps one request open at the manager and does what it answers. */
export class OrderFollower {
  readonly #rooms: OrderRooms;
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;
  #round = new AbortController();

  constructor(rooms: OrderRooms) {
    this.#rooms = rooms;
    this.#running = this.#run();
  }

  /**
   * Asks anew, because what the open request says, of films under way for instance, is no longer true: the manager would
   * not order a film again that it takes to be under way.
   */
  askAgain(): void {
    this.#round.abort();
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      const askedAt = performance.now();
      try {
        const reply = await keepTrying(() => this.#ask(signal), signal, this.#rooms.log);
        if (!reply) continue;
        await this.#obey(reply);
        const left = SHORTEST_ROUND_MS - (performance.now() - askedAt);
        if (left > 0 && reply.encode.length === 0) await sleep(left, undefined, { signal });
      } catch (error) {
        if (signal.aborted) return;
        this.#rooms.log.error({ err: error }, "the manager's wishes could not be followed");
        await sleep(1000, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  // Null when it was ended to ask again.
  async #ask(signal: AbortSignal): Promise<GatherReply | null> {
    const { link, films, freeBytes, disk } = this.#rooms;
    this.#round = new AbortController();
    const round = this.#round.signal;
    try {
      const now = { encoding: films.encoding, freeBytes: await freeBytes(), full: disk.isFull };
      return await link.work(now, AbortSignal.any([signal, round]));
    } catch (error) {
      if (round.aborted && !signal.aborted) return null;
      throw error;
    }
  }

  async #obey(reply: GatherReply): Promise<void> {
    const { films, shelf, reporter, log } = this.#rooms;
    for (const job of reply.stop) films.stop(job);
    for (const order of reply.encode) films.order(order);
    // Awaited, so that the next request is not answered with the same wish.
    for (const job of reply.forget) {
      await films.forget(job);
      await shelf.forget(job);
      log.info({ job }, 'job forgotten');
      await reporter.tell({ kind: 'forgotten', job });
    }
  }
}
