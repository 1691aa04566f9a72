/** Seconds without progress after which a frame is given up. */
export interface HangLimits {
  /** While Blender also neither computes nor reads nor writes: stopped, stuck on a lock, asleep. */
  readonly quiet: number;
  /** While it computes: one sample can take long, so this is far longer. */
  readonly busy: number;
}

const UNKNOWN_QUIET = 300;
const UNKNOWN_BUSY = 1800;

/**
 * By what a frame of the job usually takes, in seconds; null while nobody knows. `most` is a person's own bound, which
 * holds for both.
 */
export function hangLimits(usual: number | null, most: number | null): HangLimits {
  const bound = most ?? Number.POSITIVE_INFINITY;
  const quiet = usual === null ? UNKNOWN_QUIET : Math.max(60, 10 * usual);
  const busy = usual === null ? UNKNOWN_BUSY : Math.max(300, 60 * usual);
  return { quiet: Math.min(quiet, bound), busy: Math.min(busy, bound) };
}
