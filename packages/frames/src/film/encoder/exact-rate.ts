import type { Rate } from '@akashganga/protocol';

export interface Fraction {
  readonly numerator: number;
  readonly denominator: number;
}

/** The largest numbers ffmpeg takes. */
const LARGEST = 2 ** 31 - 1;

/**
 * The rate as an exact fraction in lowest terms: 30 / 1.001 is 30000/1001. Where that needs numbers over
 * `largest`, the nearest fraction that does not (for 65,535, the limit of MPEG-4 part 2, one frame is gained or
 * lost in some hours at most).
 */
export function exactRate(rate: Rate, largest = LARGEST): Fraction {
  const fps = decimalFraction(rate.fps);
  const base = decimalFraction(rate.base);
  return nearest(fps.top * base.bottom, fps.bottom * base.top, BigInt(largest));
}

// Blender keeps the base as a 32-bit float, so 1.001 arrives as 1.00100004673: the shortest decimal that is
// the same 32-bit float is what a person wrote.
function decimalFraction(value: number): { top: bigint; bottom: bigint } {
  const [mantissa = '', exponent = '0'] = shortest(value).toExponential().split('e');
  const [whole = '', decimals = ''] = mantissa.split('.');
  const power = Number(exponent) - decimals.length;
  const digits = BigInt(whole + decimals);
  return power >= 0
    ? { top: digits * 10n ** BigInt(power), bottom: 1n }
    : { top: digits, bottom: 10n ** BigInt(-power) };
}

function shortest(value: number): number {
  if (Math.fround(value) !== value) return value;
  for (let digits = 1; digits < 9; digits += 1) {
    const rounded = Number(value.toPrecision(digits));
    if (Math.fround(rounded) === value) return rounded;
  }
  return value;
}

// The convergents of the continued fraction, the last one that fits.
function nearest(top: bigint, bottom: bigint, largest: bigint): Fraction {
  let [before, now] = [
    [0n, 1n],
    [1n, 0n],
  ] as [[bigint, bigint], [bigint, bigint]];
  while (bottom !== 0n) {
    const whole = top / bottom;
    const next: [bigint, bigint] = [whole * now[0] + before[0], whole * now[1] + before[1]];
    if (next[0] > largest || next[1] > largest) break;
    [before, now] = [now, next];
    [top, bottom] = [bottom, top % bottom];
  }
  const [numerator, denominator] = now;
  return { numerator: Number(numerator), denominator: Number(denominator === 0n ? 1n : denominator) };
}
