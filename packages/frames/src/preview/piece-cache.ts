interface Kept {
  readonly bytes: Promise<Buffer>;
  readonly stop: AbortController;
  /** Requests that wait for it. */
  waiting: number;
  /** null while it is made. */
  size: number | null;
}

/** Pieces that were asked for lately, in memory up to so many bytes: a piece is made once for all who watch. */
export class PieceCache {
  readonly #limit: number;
  // The one asked for last is the last.
  readonly #kept = new Map<string, Kept>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /**
   * The piece of this name, made by `make` if it is not here. Throws what `make` throws, and the reason of
   * `signal`; when nobody waits any more, the making is ended.
   */
  async get(
    name: string,
    make: (signal: AbortSignal) => Promise<Buffer>,
    signal: AbortSignal,
  ): Promise<Buffer> {
    signal.throwIfAborted();
    const kept = this.#kept.get(name) ?? this.#begin(name, make);
    this.#kept.delete(name);
    this.#kept.set(name, kept);
    kept.waiting += 1;
    try {
      return await orAborted(kept.bytes, signal);
    } finally {
      kept.waiting -= 1;
      if (kept.waiting === 0 && kept.size === null) {
        kept.stop.abort(new Error('nobody watches any more'));
        if (this.#kept.get(name) === kept) this.#kept.delete(name);
      }
    }
  }

  /** Ends what is being made. */
  async close(): Promise<void> {
    const all = [...this.#kept.values()];
    for (const { stop } of all) stop.abort(new Error('closing'));
    await Promise.allSettled(all.map(({ bytes }) => bytes));
  }

  #begin(name: string, make: (signal: AbortSignal) => Promise<Buffer>): Kept {
    const stop = new AbortController();
    const kept: Kept = { bytes: make(stop.signal), stop, waiting: 0, size: null };
    kept.bytes.then(
      (bytes) => {
        kept.size = bytes.length;
        this.#drop();
      },
      () => this.#kept.get(name) === kept && this.#kept.delete(name),
    );
    return kept;
  }

  #drop(): void {
    let size = 0;
    for (const kept of this.#kept.values()) size += kept.size ?? 0;
    for (const [name, kept] of this.#kept) {
      if (size <= this.#limit) return;
      if (kept.size === null) continue;
      size -= kept.size;
      this.#kept.delete(name);
    }
  }
}

function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    void work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
