/** How long a star shines. Milliseconds. */
export const SKY_SPAN = 10 * 60_000;
/** Above this many finished frames a second the sky shows a sample: more dots would only be a white bar. */
const MOST_PER_SECOND = 20;
const MOST_STARS = 5000;

export interface Star {
  readonly at: number;
  /** Place along the band, 0 to 1. */
  readonly along: number;
  /** Place across the band: 0 is its middle, most lie within -1 to 1. */
  readonly off: number;
  /** 0 to 1: small and cool to large and warm. */
  readonly size: number;
  readonly failed: boolean;
}

export interface Sky {
  stars: Star[];
  second: number;
  bornThisSecond: number;
}

export function emptySky(): Sky {
  return { stars: [], second: 0, bornThisSecond: 0 };
}

/** Lights a star for each finished frame; a failed one always gets its star. `random` gives numbers in [0, 1). */
export function light(sky: Sky, done: number, failed: number, now: number, random: () => number): void {
  const second = Math.floor(now / 1000);
  if (second !== sky.second) {
    sky.second = second;
    sky.bornThisSecond = 0;
  }
  const born = Math.min(done, Math.max(0, MOST_PER_SECOND - sky.bornThisSecond));
  sky.bornThisSecond += born;
  // Frames that arrive together are lit one after another.
  const spread = born > 4 ? 1000 : 200;
  for (let n = 0; n < born; n += 1) sky.stars.push(star(now + random() * spread, false, random));
  for (let n = 0; n < Math.min(failed, MOST_PER_SECOND); n += 1) sky.stars.push(star(now, true, random));
  const first = sky.stars.findIndex((one) => one.at > now - SKY_SPAN);
  sky.stars = sky.stars.slice(
    Math.max(first === -1 ? sky.stars.length : first, sky.stars.length - MOST_STARS),
  );
}

// Three evenly spread numbers make a bell: a dense middle, a thin rim.
function star(at: number, failed: boolean, random: () => number): Star {
  const off = ((random() + random() + random()) / 3 - 0.5) * 3.2;
  return { at, along: random(), off, size: random() ** 2.2, failed };
}

/** Numbers in [0, 1) from a seed, the same each time: the far stars do not move when the page is opened again. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
