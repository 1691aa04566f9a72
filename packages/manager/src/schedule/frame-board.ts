import {
  type FrameCounts,
  type FrameEvent,
  type FrameSet,
  FrameState,
  frameStates,
  move,
} from '@akashganga/protocol';

const codes = FrameState.options;
const WAITING = codes.indexOf('waiting');

/**
 * The states of a job's frames in compact arrays: six bytes a frame, so a million frames cost 6 MB and
 * the next waiting frame is found without looking at the others.
 */
export class FrameBoard {
  readonly numbers: FrameSet;
  readonly #states: Uint8Array;
  readonly #failures: Uint8Array;
  readonly #counts = new Array<number>(codes.length).fill(0);
  // No frame before this index is waiting.
  #firstWaiting = 0;

  constructor(numbers: FrameSet) {
    this.numbers = numbers;
    this.#states = new Uint8Array(numbers.length);
    this.#failures = new Uint8Array(numbers.length);
    this.#counts[WAITING] = numbers.length;
  }

  get size(): number {
    return this.numbers.length;
  }

  /** Where the frame stands, or -1 when the job has no such frame. O(log n). */
  indexOf(frame: number): number {
    let low = 0;
    let high = this.numbers.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const found = this.numbers[middle] ?? 0;
      if (found === frame) return middle;
      if (found < frame) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }

  state(index: number): FrameState {
    return codes[this.#states[index] ?? 0] ?? 'waiting';
  }

  failures(index: number): number {
    return this.#failures[index] ?? 0;
  }

  addFailure(index: number): number {
    const failures = Math.min(255, this.failures(index) + 1);
    this.#failures[index] = failures;
    return failures;
  }

  count(state: FrameState): number {
    return this.#counts[codes.indexOf(state)] ?? 0;
  }

  counts(): FrameCounts {
    const counts: Partial<FrameCounts> = { total: this.size };
    for (const state of codes) counts[state] = this.count(state);
    return counts as FrameCounts;
  }

  /** Applies the event where the table allows it; false where it does not and nothing changed. */
  apply(index: number, event: FrameEvent): boolean {
    const next = move(frameStates, this.state(index), event);
    if (next === null) return false;
    this.#set(index, next);
    if (event === 'retry') this.#failures[index] = 0;
    return true;
  }

  /** Puts a frame as it was found on disk, past the table. */
  restore(index: number, state: FrameState, failures: number): void {
    this.#set(index, state);
    this.#failures[index] = failures;
  }

  /** Indices of up to `most` waiting frames, lowest frame numbers first. */
  firstWaiting(most: number): number[] {
    const found: number[] = [];
    let index = this.#firstWaiting;
    for (; index < this.size && found.length < most; index += 1) {
      if (this.#states[index] === WAITING) {
        if (found.length === 0) this.#firstWaiting = index;
        found.push(index);
      }
    }
    if (found.length === 0) this.#firstWaiting = index;
    return found;
  }

  #set(index: number, state: FrameState): void {
    const code = codes.indexOf(state);
    const before = this.#states[index] ?? 0;
    this.#counts[before] = (this.#counts[before] ?? 0) - 1;
    this.#counts[code] = (this.#counts[code] ?? 0) + 1;
    this.#states[index] = code;
    if (code === WAITING) this.#firstWaiting = Math.min(this.#firstWaiting, index);
  }
}
