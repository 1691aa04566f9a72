/** Of full white: how far a frame must be from both its neighbours. */
const LEAST = 0.01;
/** And so many times as far as they are from each other. */
const TIMES = 4;
/** Once more than one frame in so many stands out, the film is meant to flicker, and no more is said. */
const ONE_IN = 20;
const FEW = 3;
/** Prints kept of a job, about 300 bytes each. Frames whose neighbours come later than so many others are not compared. */
const MOST_PRINTS = 2048;

/**
 * Tells frames that are unlike both their neighbours while these are like each other: a texture that one computer did not
 * have, a light that one driver left out. A cut is none, as the frame after it is like the one before, and neither is
 * motion, however fast, as it makes the neighbours differ too: in ten animations of moving objects, moving cameras and
 * patterns no frame was more than 1.1 times as far from its neighbours as these were; a camera that shook at random came to
 * 6.7 once in 60 frames. So this warns and judges nothing.
 */
export class Neighbours {
  readonly #prints = new Map<number, Uint8Array>();
  #judged = 0;
  #odd = 0;

  /** Notes a frame, in the place of what was noted of it before; the frames that are now known to stand out. */
  add(frame: number, print: Uint8Array): number[] {
    this.#prints.delete(frame);
    this.#prints.set(frame, print);
    for (const oldest of this.#prints.keys()) {
      if (this.#prints.size <= MOST_PRINTS) break;
      this.#prints.delete(oldest);
    }
    const found = [frame - 1, frame, frame + 1].filter((one) => this.#standsOut(one));
    this.#odd += found.length;
    return this.#odd > Math.max(FEW, this.#judged / ONE_IN) ? [] : found;
  }

  #standsOut(frame: number): boolean {
    const [before, own, after] = [frame - 1, frame, frame + 1].map((one) => this.#prints.get(one));
    if (!before || !own || !after) return false;
    this.#judged += 1;
    const nearest = Math.min(distance(before, own), distance(own, after));
    return nearest > LEAST && nearest > TIMES * distance(before, after);
  }
}

/** The mean difference of two prints, 0 to 1. */
function distance(one: Uint8Array, other: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < one.length; at += 1) sum += Math.abs((one[at] ?? 0) - (other[at] ?? 0));
  return sum / (one.length * 255);
}
