/**
 * Means of something over the latest columns of equal length, in a fixed amount of memory: four bytes a column. What
 * nobody measured is null. Times are milliseconds since 1970.
 */
export class LoadRing {
  readonly eachMs: number;
  readonly #means: Float32Array;
  /** The number of the column that is being gathered; its place in the ring is this modulo the ring's length. */
  #column = Number.NEGATIVE_INFINITY;
  #sum = 0;
  #samples = 0;

  constructor(columns: number, eachMs: number) {
    this.eachMs = eachMs;
    this.#means = new Float32Array(columns).fill(Number.NaN);
  }

  add(value: number, now: number): void {
    this.#turnTo(Math.floor(now / this.eachMs));
    this.#sum += value;
    this.#samples += 1;
    this.#means[this.#column % this.#means.length] = this.#sum / this.#samples;
  }

  /** All columns up to the present one, the oldest first. */
  read(now: number): { from: number; means: (number | null)[] } {
    const { length } = this.#means;
    const last = Math.floor(now / this.eachMs);
    const means = Array.from({ length }, (_, index) => {
      const column = last - length + 1 + index;
      const isKept = column <= this.#column && column > this.#column - length;
      const mean = isKept ? (this.#means[column % length] ?? Number.NaN) : Number.NaN;
      return Number.isNaN(mean) ? null : mean;
    });
    return { from: (last - length + 1) * this.eachMs, means };
  }

  // A clock that is set back begins anew: what was measured then is in a time that has not come.
  #turnTo(column: number): void {
    if (column === this.#column) return;
    const { length } = this.#means;
    const isBack = column < this.#column;
    if (isBack || column - this.#column >= length) this.#means.fill(Number.NaN);
    else for (let at = this.#column + 1; at < column; at += 1) this.#means[at % length] = Number.NaN;
    this.#column = column;
    this.#sum = 0;
    this.#samples = 0;
  }
}
