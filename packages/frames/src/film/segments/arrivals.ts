import { positionOf, segmentCount, segmentOf, segmentStart } from './segment-list.ts';

/**
 * Which frames of a film are here, and whoever waits for one. A byte a frame and a few a segment, so that a
 * million frames cost a megabyte and an arrival costs the same whatever the film's length.
 */
export class Arrivals {
  readonly #frames: readonly number[];
  readonly #here: Uint8Array;
  readonly #inSegment: Uint16Array;
  readonly #waiting = new Map<number, (() => void)[]>();

  /** `frames` ascend. */
  constructor(frames: readonly number[]) {
    this.#frames = frames;
    this.#here = new Uint8Array(frames.length);
    this.#inSegment = new Uint16Array(segmentCount(frames.length));
  }

  get segments(): number {
    return this.#inSegment.length;
  }

  /** The frame is here: its segment, or null when the film does not have it. */
  add(frame: number): number | null {
    const position = positionOf(this.#frames, frame);
    if (position < 0) return null;
    const segment = segmentOf(position, this.#frames.length);
    if (this.#here[position] === 0) {
      this.#here[position] = 1;
      this.#inSegment[segment] = (this.#inSegment[segment] ?? 0) + 1;
    }
    for (const arrived of this.#waiting.get(position) ?? []) arrived();
    this.#waiting.delete(position);
    return segment;
  }

  has(frame: number): boolean {
    const position = positionOf(this.#frames, frame);
    return position >= 0 && this.#here[position] === 1;
  }

  isComplete(segment: number): boolean {
    return this.#inSegment[segment] === this.#lengthOf(segment);
  }

  /** Whether its first `count` frames are here, or the first half of a short one. */
  begins(segment: number, count: number): boolean {
    const start = segmentStart(segment, this.#frames.length);
    const end = start + Math.min(count, Math.ceil(this.#lengthOf(segment) / 2));
    return this.#here.subarray(start, end).every((here) => here === 1);
  }

  /** Resolves when the frame at this position is here. Rejects with the reason of `signal`. */
  async at(position: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#here[position] === 1) return;
    await new Promise<void>((resolve, reject) => {
      const abort = () => reject(signal.reason);
      signal.addEventListener('abort', abort, { once: true });
      const arrived = () => {
        signal.removeEventListener('abort', abort);
        resolve();
      };
      this.#waiting.set(position, [...(this.#waiting.get(position) ?? []), arrived]);
    });
  }

  #lengthOf(segment: number): number {
    const { length } = this.#frames;
    return segmentStart(segment + 1, length) - segmentStart(segment, length);
  }
}
