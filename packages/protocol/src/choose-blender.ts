/**
 * The Blender to open a scene with, or null when none of `versions` can. `wanted` is a series, as "3.4",
 * which is what a scene's header says: the newest of that series, else the nearest newer one, since an
 * older Blender loses data that a newer one wrote. Or it is a version, as "3.4.1", which a person asked
 * for: that one and no other. Empty when nothing is known: the newest.
 */
export function chooseBlender(versions: readonly string[], wanted: string): string | null {
  if (isExactVersion(wanted)) return versions.includes(wanted) ? wanted : null;
  const known = versions
    .map((version) => ({ version, key: versionKey(version) }))
    .sort((a, b) => a.key - b.key);
  if (wanted === '') return known.at(-1)?.version ?? null;
  const series = seriesKey(wanted);
  const same = known.filter((one) => Math.floor(one.key / 1000) === series).at(-1);
  const nearest = known.find((one) => Math.floor(one.key / 1000) > series);
  if (same || !nearest) return same?.version ?? null;
  // The newest of the nearest series, as of the same one.
  const ofNearest = known.filter((one) => Math.floor(one.key / 1000) === Math.floor(nearest.key / 1000));
  return ofNearest.at(-1)?.version ?? null;
}

/** A version with its patch, which only a person asks for; a scene's header has none. */
export function isExactVersion(wanted: string): boolean {
  return /^\d+\.\d+\.\d+$/.test(wanted);
}

/** Orders versions, older ones first. */
export function compareVersions(a: string, b: string): number {
  return versionKey(a) - versionKey(b);
}

function versionKey(version: string): number {
  return seriesKey(version) * 1000 + Number(/^\d+\.\d+\.(\d+)/.exec(version)?.[1] ?? 0);
}

function seriesKey(version: string): number {
  const [, major = '0', minor = '0'] = /^(\d+)\.(\d+)/.exec(version) ?? [];
  return Number(major) * 1000 + Number(minor);
}
