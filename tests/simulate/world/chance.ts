/** Chance that follows from a seed: the same seed, the same numbers, on every computer. */
export class Chance {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** In [0, 1) (mulberry32). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    const state = this.#state;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  happens(chance: number): boolean {
    return chance > 0 && this.next() < chance;
  }

  /** A number from `low` to `high`. */
  between(low: number, high: number): number {
    return low + this.next() * (high - low);
  }

  /** A whole number from `low` to `high`, both included. */
  whole(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  oneOf<T>(list: readonly T[]): T | undefined {
    return list[Math.floor(this.next() * list.length)];
  }

  /** Waiting times of things that happen at random, `mean` apart. */
  wait(mean: number): number {
    return -Math.log(1 - this.next()) * mean;
  }

  /** From `low` to `high`, each doubling as likely as the next. */
  scaled(low: number, high: number): number {
    return low * (high / low) ** this.next();
  }

  /** Another source of chance, so that what one actor draws does not change what another one draws. */
  split(): Chance {
    return new Chance(Math.floor(this.next() * 4_294_967_296));
  }
}

/** A number in [0, 1) that belongs to these two, always the same. */
export function chanceOf(seed: number, of: number): number {
  return new Chance((Math.imul(seed, 0x9e3779b1) ^ Math.imul(of + 1, 0x85ebca6b)) | 0).next();
}
