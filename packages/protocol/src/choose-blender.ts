/**
 * The Blender to open a scene with, or null when none of `versions` can: the newest of the same
 * major.minor, else the nearest newer one, since an older Blender loses data that a newer one wrote.
 * `wanted` is the version in the scene's header, as "3.4"; empty when it is not known.
 */
export function chooseBlender(versions: readonly string[], wanted: string): string | null {
  const known = versions
    .map((version) => ({ version, key: versionKey(version) }))
    .sort((a, b) => a.key - b.key);
  if (wanted === '') return known.at(-1)?.version ?? null;
  const series = seriesKey(wanted);
  const same = known.filter((one) => Math.floor(one.key / 1000) === series).at(-1);
  return (same ?? known.find((one) => Math.floor(one.key / 1000) > series))?.version ?? null;
}

function versionKey(version: string): number {
  return seriesKey(version) * 1000 + Number(/^\d+\.\d+\.(\d+)/.exec(version)?.[1] ?? 0);
}

function seriesKey(version: string): number {
  const [, major = '0', minor = '0'] = /^(\d+)\.(\d+)/.exec(version) ?? [];
  return Number(major) * 1000 + Number(minor);
}
