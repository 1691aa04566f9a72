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

/** In which order the frames of a job are given out. */
export type FrameOrder = 'forward' | 'coarse';

/** Each pass over the frames takes every `step`-th one from `offset` on. Steps divide `BLOCK`. */
const PASSES: Readonly<Record<FrameOrder, readonly { readonly step: number; readonly offset: number }[]>> = {
  forward: [{ step: 1, offset: 0 }],
  coarse: [
    { step: 16, offset: 0 },
    { step: 16, offset: 8 },
    { step: 8, offset: 4 },
    { step: 4, offset: 2 },
    { step: 2, offset: 1 },
  ],
};
/** Frames whose waiting ones are counted together, so that a search leaps over those that have none. */
const BLOCK = 1024;

/**
 * The states of a job's frames in compact arrays: six bytes a frame, so a million frames cost 6 MB and
 * the next waiting frame is found without looking at the others: at most at a thousand counts.
 */
export class FrameBoard {
  readonly numbers: FrameSet;
  readonly #states: Uint8Array;
  readonly #failures: Uint8Array;
  readonly #counts = new Array<number>(codes.length).fill(0);
  readonly #waiting: Uint16Array;
  readonly #passes: (typeof PASSES)[FrameOrder];
  // No frame of the pass before this index is waiting.
  readonly #next: number[];

  constructor(numbers: FrameSet, order: FrameOrder = 'forward') {
    this.numbers = numbers;
    this.#passes = PASSES[order];
    this.#next = this.#passes.map((pass) => pass.offset);
    this.#waiting = new Uint16Array(Math.ceil(numbers.length / BLOCK)).fill(BLOCK);
    if (numbers.length % BLOCK > 0) this.#waiting[this.#waiting.length - 1] = numbers.length % BLOCK;
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

  /** Indices of up to `most` waiting frames, ascending: those that come first in the job's order. */
  firstWaiting(most: number): number[] {
    const found: number[] = [];
    for (let pass = 0; pass < this.#passes.length && found.length < most; pass += 1)
      this.#search(pass, most, found);
    return this.#passes.length > 1 ? found.sort((a, b) => a - b) : found;
  }

  #search(pass: number, most: number, found: number[]): void {
    const { step, offset } = this.#passes[pass] ?? { step: 1, offset: 0 };
    const before = found.length;
    let index = this.#next[pass] ?? 0;
    while (index < this.size && found.length < most) {
      if (this.#waiting[Math.floor(index / BLOCK)] === 0) {
        index = (Math.floor(index / BLOCK) + 1) * BLOCK + offset;
        continue;
      }
      if (this.#states[index] === WAITING) found.push(index);
      index += step;
    }
    this.#next[pass] = found[before] ?? index;
  }

  #passOf(index: number): number {
    return this.#passes.findIndex(({ step, offset }) => index % step === offset);
  }

  #set(index: number, state: FrameState): void {
    const code = codes.indexOf(state);
    const before = this.#states[index] ?? 0;
    this.#counts[before] = (this.#counts[before] ?? 0) - 1;
    this.#counts[code] = (this.#counts[code] ?? 0) + 1;
    this.#states[index] = code;
    if (before === code) return;
    const block = Math.floor(index / BLOCK);
    if (before === WAITING) this.#waiting[block] = (this.#waiting[block] ?? 0) - 1;
    if (code !== WAITING) return;
    this.#waiting[block] = (this.#waiting[block] ?? 0) + 1;
    const pass = this.#passOf(index);
    this.#next[pass] = Math.min(this.#next[pass] ?? 0, index);
  }
}
