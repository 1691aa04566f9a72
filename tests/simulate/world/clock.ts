interface Event {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/** What can be taken back before it happens. */
export interface Timer {
  canceled: boolean;
}

/** The made-up time: things happen in the order of their moments, and between them no time passes. */
export class Clock {
  /** Milliseconds since the simulation began. */
  now = 0;
  /** To be set by whoever left promises behind, so that they settle before time goes on. */
  unsettled = false;
  /** How many things happened. */
  happened = 0;
  // A binary heap, the earliest first.
  readonly #events: Event[] = [];
  #order = 0;

  after(ms: number, run: () => void): Timer {
    const timer: Timer = { canceled: false };
    this.#order += 1;
    this.#push({
      at: this.now + Math.max(0, ms),
      order: this.#order,
      run: () => {
        if (!timer.canceled) run();
      },
    });
    return timer;
  }

  /** Every `ms`, until `run` says false. */
  every(ms: number, run: () => boolean): void {
    this.after(ms, () => {
      if (run()) this.every(ms, run);
    });
  }

  /** Lets time pass until `until`, or until `isOver`. */
  async run(until: number, isOver: () => boolean = () => false): Promise<void> {
    while (!isOver()) {
      const event = this.#events[0];
      if (!event || event.at > until) break;
      this.#pop();
      this.now = event.at;
      this.happened += 1;
      event.run();
      if (this.unsettled) await this.#settle();
    }
    if (!isOver()) this.now = Math.max(this.now, until);
  }

  // The farm gathers a group for one turn of the event loop; after another one all of it has happened.
  async #settle(): Promise<void> {
    this.unsettled = false;
    await new Promise((next) => setImmediate(next));
  }

  #push(event: Event): void {
    const heap = this.#events;
    let at = heap.push(event) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = heap[above];
      if (!parent || !isBefore(event, parent)) break;
      heap[at] = parent;
      at = above;
    }
    heap[at] = event;
  }

  #pop(): void {
    const heap = this.#events;
    const last = heap.pop();
    if (!last || heap.length === 0) return;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      const right = heap[below + 1];
      if (right && isBefore(right, heap[below] ?? right)) below += 1;
      const child = heap[below];
      if (!child || !isBefore(child, last)) break;
      heap[at] = child;
      at = below;
    }
    heap[at] = last;
  }
}

function isBefore(a: Event, b: Event): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
