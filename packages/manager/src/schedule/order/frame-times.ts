import type { FrameBoard } from '../frame-board.ts';

/** Parts of a job whose frames are taken to resemble each other. */
const PARTS = 64;
const WEIGHT = 0.3;
/** Frames looked at to say how many are left in each part. */
const SAMPLES = 4096;

/** Seconds are kept in a byte for each frame: eight steps for each doubling, from a millisecond to a month. */
const STEPS = 8;
const LEAST = 0.001;
/** Frames looked at on each side of one for its neighbours, and neighbours wanted on each side. */
const NEAR = 16;
const WANTED = 2;
/** Parts that must have been seen before a trend is seen in them. */
const FEWEST_FOR_TREND = 6;

/** What the frames of a job took, part by part and one by one, in seconds of an ordinary worker. */
export class FrameTimes {
  /** Made with the first frame: a million of them are a megabyte. */
  #seen: Uint8Array | null = null;
  readonly #means = new Array<number | null>(PARTS).fill(null);
  /** How far a frame lies from what was expected of it, as a share of that. */
  #spread = 0.3;
  #longest = 0;

  learn(index: number, size: number, seconds: number): void {
    const part = partOf(index, size);
    const expected = this.expected(part);
    this.#longest = Math.max(this.#longest, seconds);
    if (expected !== null && expected > 0)
      this.#spread = this.#spread * 0.9 + Math.min(3, Math.abs(seconds - expected) / expected) * 0.1;
    this.#seen ??= new Uint8Array(size);
    this.#seen[index] = Math.max(1, Math.min(255, 1 + Math.round(STEPS * Math.log2(seconds / LEAST))));
    const mean = this.#means[part] ?? null;
    this.#means[part] = mean === null ? seconds : mean * (1 - WEIGHT) + seconds * WEIGHT;
  }

  /** What the nearest frames took that are known, to within a tenth: up to two on each side. */
  neighbours(index: number): number[] {
    const found: number[] = [];
    for (const step of [-1, 1]) {
      const most = found.length + WANTED;
      for (let away = 1; away <= NEAR && found.length < most; away += 1) {
        const code = this.#seen?.[index + step * away] ?? 0;
        if (code > 0) found.push(LEAST * 2 ** ((code - 1) / STEPS));
      }
    }
    return found;
  }

  /** Seconds of a frame in this part: as seen there, else between the nearest parts seen; null when none was. */
  expected(part: number): number | null {
    const own = this.#means[part] ?? null;
    if (own !== null) return own;
    let before = part - 1;
    let after = part + 1;
    while (before >= 0 && this.#means[before] === null) before -= 1;
    while (after < PARTS && this.#means[after] === null) after += 1;
    const [left, right] = [this.#means[before] ?? null, this.#means[after] ?? null];
    if (left === null || right === null) return left ?? right;
    return left + ((right - left) * (part - before)) / (after - before);
  }

  /**
   * Slot-seconds of an ordinary worker that the frames of the board still need, by what share it may be less or more, how
   * many frames these are, and what the longest may take after those that were seen; null while none was.
   */
  left(
    board: FrameBoard,
  ): { seconds: number; low: number; high: number; frames: number; longest: number } | null {
    const stride = Math.ceil(board.size / SAMPLES);
    let seconds = 0;
    let frames = 0;
    let unseen = 0;
    const trend = this.#trend();
    for (let index = 0; index < board.size; index += stride) {
      const state = board.state(index);
      if (state === 'done' || state === 'failed' || state === 'canceled') continue;
      const part = partOf(index, board.size);
      const expected = trend(part) ?? this.expected(part);
      if (expected === null) return null;
      seconds += expected * stride;
      frames += stride;
      if (this.#means[part] === null) unseen += stride;
    }
    const longest = this.#longest * (1 + this.#spread);
    if (frames === 0) return { seconds: 0, low: 0, high: 0, frames, longest };
    // What single frames are off evens out; what nobody has seen yet does not.
    const single = 0.1 + (2.5 * this.#spread) / Math.sqrt(frames);
    const ahead = unseen / frames;
    const low = single + (0.8 * this.#spread + 0.25) * ahead;
    return { seconds, low, high: low + 0.25 * ahead, frames, longest };
  }

  // Frames that grew steadily so far are taken to go on growing, to twice the last ones and no further: a straight line
  // through the parts seen tells for those behind them, if they lie close to it.
  #trend(): (part: number) => number | null {
    const points = this.#means.flatMap((mean, part) => (mean === null ? [] : [{ part, mean }]));
    const last = points.at(-1);
    if (!last || points.length < FEWEST_FOR_TREND) return () => null;
    const middle = points.reduce((sum, one) => sum + one.part, 0) / points.length;
    const level = points.reduce((sum, one) => sum + one.mean, 0) / points.length;
    const sum = (one: (point: { part: number; mean: number }) => number) =>
      points.reduce((all, point) => all + one(point), 0);
    const across = sum(({ part }) => (part - middle) ** 2);
    const up = sum(({ mean }) => (mean - level) ** 2);
    const both = sum(({ part, mean }) => (part - middle) * (mean - level));
    if (up === 0 || both ** 2 < 0.9 * across * up) return () => null;
    const slope = both / across;
    return (part) =>
      part <= last.part
        ? null
        : Math.min(2 * last.mean, Math.max(last.mean / 2, level + slope * (part - middle)));
  }
}

function partOf(index: number, size: number): number {
  return Math.min(PARTS - 1, Math.floor((index * PARTS) / Math.max(1, size)));
}
