interface Bucket {
  left: number;
  at: number;
}

export interface BucketOptions {
  /** So many at once. */
  readonly most: number;
  /** So many in the long run. */
  readonly perSecond: number;
  /** Of so many callers it is remembered at most. */
  readonly callers?: number;
}

/**
 * How often each caller may do something: a bucket that is full at first and fills again as time passes. One look into
 * a map each; a caller whose bucket is full again is forgotten.
 */
export class Buckets {
  readonly #most: number;
  readonly #perMs: number;
  readonly #callers: number;
  readonly #buckets = new Map<string, Bucket>();

  constructor({ most, perSecond, callers = 20_000 }: BucketOptions) {
    this.#most = most;
    this.#perMs = perSecond / 1000;
    this.#callers = callers;
  }

  /** Takes one, and gives null; or gives the whole seconds until there is one again. `now` in ms. */
  take(caller: string, now: number): number | null {
    const bucket = this.#buckets.get(caller) ?? this.#add(caller, now);
    bucket.left = Math.min(this.#most, bucket.left + Math.max(0, now - bucket.at) * this.#perMs);
    bucket.at = now;
    if (bucket.left < 1) return Math.max(1, Math.ceil((1 - bucket.left) / this.#perMs / 1000));
    bucket.left -= 1;
    return null;
  }

  get size(): number {
    return this.#buckets.size;
  }

  #add(caller: string, now: number): Bucket {
    if (this.#buckets.size >= this.#callers) this.#forget(now);
    const bucket = { left: this.#most, at: now };
    this.#buckets.set(caller, bucket);
    return bucket;
  }

  // Those that are full again, and of a flood of new callers the oldest: half, so that this is done seldom.
  #forget(now: number): void {
    for (const [caller, { left, at }] of this.#buckets)
      if (left + (now - at) * this.#perMs >= this.#most) this.#buckets.delete(caller);
    for (const caller of this.#buckets.keys()) {
      if (this.#buckets.size <= this.#callers / 2) break;
      this.#buckets.delete(caller);
    }
  }
}
