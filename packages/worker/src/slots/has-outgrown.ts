const MIB = 1024 ** 2;
/** What a session may hold beyond its first frames before it is replaced: half as much again, and 512 MiB. */
const GROWTH = 1.5;
const ROOM = 512 * MIB;
/** Caches fill during the first frames. */
const WARM_UP = 3;

/**
 * Whether a session holds so much more than after its first frames that a new one is cheaper. `held` are the bytes after
 * each frame, in order. A light scene was measured over 200 frames: docs/guide/sessions.md has the figures.
 */
export function hasOutgrown(held: readonly number[]): boolean {
  const last = held.at(-1);
  if (last === undefined || held.length <= WARM_UP) return false;
  const usual = Math.max(...held.slice(0, WARM_UP));
  return last > usual * GROWTH + ROOM;
}
