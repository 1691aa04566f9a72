/** A disk that was full is said to be so for this long after it was last met full. Milliseconds. */
const LATELY_MS = 15_000;

/** Whether something found no room on the frame server's disk lately. */
export class DiskWatch {
  readonly #clock: () => number;
  readonly #onFull: () => void;
  #fullAt = Number.NEGATIVE_INFINITY;

  /** `clock` in milliseconds; `onFull` is called when the disk becomes full, not each time it is met so. */
  constructor(clock: () => number, onFull: () => void) {
    this.#clock = clock;
    this.#onFull = onFull;
  }

  get isFull(): boolean {
    return this.#clock() - this.#fullAt < LATELY_MS;
  }

  foundFull(): void {
    const before = this.isFull;
    this.#fullAt = this.#clock();
    if (!before) this.#onFull();
  }
}
