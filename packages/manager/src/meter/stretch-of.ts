import type { WorkStretch } from '@akashganga/protocol';
import type { Minute } from './minute.ts';

/**
 * Minutes as `columns` columns of `eachMs` that end with the present one: frames and bytes as sums, slots as means. A
 * column without a minute is null: no manager led the farm then.
 */
export function stretchOf(
  minutes: readonly Minute[],
  columns: number,
  eachMs: number,
  now: number,
): WorkStretch {
  const from = (Math.floor(now / eachMs) - columns + 1) * eachMs;
  const each: Minute[][] = Array.from({ length: columns }, () => []);
  for (const minute of minutes) each[Math.floor((minute.at - from) / eachMs)]?.push(minute);
  const sums = (of: 'frames' | 'bytes') => each.map((some) => sumOf(some, of));
  const means = (of: 'busy' | 'slots') =>
    each.map((some) => {
      const sum = sumOf(some, of);
      return sum === null ? null : sum / some.length;
    });
  return {
    from,
    eachMs,
    frames: sums('frames'),
    bytes: sums('bytes'),
    busy: means('busy'),
    slots: means('slots'),
  };
}

function sumOf(minutes: readonly Minute[], of: keyof Minute): number | null {
  return minutes.length === 0 ? null : minutes.reduce((sum, minute) => sum + minute[of], 0);
}
