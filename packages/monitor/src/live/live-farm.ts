import type { FarmEvent } from '@akashganga/protocol';
import { type Changes, gather, isEmpty, noChanges } from './changes.ts';

/** `lost` from the moment the farm falls silent until everything was read again. */
export type Connection = 'joining' | 'live' | 'lost';

export interface LiveFarmNeeds {
  readonly openSource: () => EventSource;
  /** Calls back when it is time to draw: changes gathered until then cost one render. */
  readonly whenDrawing: (draw: () => void) => void;
  /** The farm refused to tell its events: perhaps it no longer knows who asks. */
  readonly onRefused: () => void;
  /** Reads everything again; rejects when that did not work. */
  readonly readAgain: () => Promise<void>;
  readonly putChanges: (changes: Changes) => void;
  readonly onConnection: (connection: Connection) => void;
  /** From now on no change is missed: what is asked for after this is kept true by events. */
  readonly onOpen: () => void;
}

const TOPICS = [
  ...(['job', 'job-deleted', 'frames', 'all-frames'] as const),
  ...(['worker', 'worker-removed', 'frame-server'] as const),
];
const FIRST_WAIT = 1000;
const LONGEST_WAIT = 10_000;

/**
 * Follows the farm's events. While everything is read again, events are held back and put on top afterwards,
 * so neither an event nor an answer can undo the newer one of the two.
 */
export class LiveFarm {
  readonly #needs: LiveFarmNeeds;
  #source: EventSource | null = null;
  #changes: Changes = noChanges();
  #reading = false;
  #readOnceMore = false;
  #planned = false;
  #closed = false;
  #wait = FIRST_WAIT;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(needs: LiveFarmNeeds) {
    this.#needs = needs;
    this.#open();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#source?.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #open(): void {
    const source = this.#needs.openSource();
    this.#source = source;
    for (const topic of TOPICS) {
      source.addEventListener(topic, (message) => this.#take(message as MessageEvent<string>));
    }
    source.addEventListener('reset', () => void this.#readAll());
    source.addEventListener('open', () => {
      this.#needs.onOpen();
      void this.#readAll();
    });
    source.addEventListener('error', () => this.#lose());
  }

  #take(message: MessageEvent<string>): void {
    gather(this.#changes, JSON.parse(message.data) as FarmEvent);
    this.#plan();
  }

  // EventSource tries again by itself after a cut line, but not after an answer other than 200.
  #lose(): void {
    if (this.#closed) return;
    this.#needs.onConnection('lost');
    if (this.#source?.readyState !== this.#source?.CLOSED) return;
    this.#needs.onRefused();
    this.#later();
  }

  #later(): void {
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#timer = setTimeout(() => this.#open(), this.#wait);
    this.#wait = Math.min(LONGEST_WAIT, this.#wait * 2);
  }

  async #readAll(): Promise<void> {
    if (this.#reading) {
      this.#readOnceMore = true;
      return;
    }
    this.#reading = true;
    const read = await this.#needs.readAgain().then(
      () => true,
      () => false,
    );
    this.#reading = false;
    if (this.#closed) return;
    if (this.#readOnceMore) {
      this.#readOnceMore = false;
      return this.#readAll();
    }
    if (!read || this.#source?.readyState !== this.#source?.OPEN) {
      this.#needs.onConnection('lost');
      if (!read) this.#later();
      return;
    }
    this.#wait = FIRST_WAIT;
    this.#needs.onConnection('live');
    this.#plan();
  }

  #plan(): void {
    if (this.#planned || this.#reading || isEmpty(this.#changes)) return;
    this.#planned = true;
    this.#needs.whenDrawing(() => this.#flush());
  }

  #flush(): void {
    this.#planned = false;
    if (this.#closed || this.#reading) return;
    const changes = this.#changes;
    this.#changes = noChanges();
    this.#needs.putChanges(changes);
  }
}
