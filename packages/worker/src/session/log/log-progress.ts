const tiles = /Rendered (\d+)\/(\d+) Tiles/;
const samples = /Sample (\d+)\/(\d+)|Rendering (\d+) \/ (\d+) samples/;

/**
 * How far a frame is, 0 to 1, from one line of Blender's log; null when the line does not say. The log is the only
 * source that has it in every version: up to 3.4 at least, `render_stats` handlers are called without a text (newer ones are given it, and the driver reads it).
 * Adaptive sampling ends early and several view layers start over, so it is a hint for people and nothing more.
 */
export function logProgress(line: string): number | null {
  const match = tiles.exec(line) ?? samples.exec(line);
  if (!match) return null;
  const done = Number(match[1] ?? match[3]);
  const total = Number(match[2] ?? match[4]);
  return total > 0 ? Math.min(1, done / total) : null;
}
