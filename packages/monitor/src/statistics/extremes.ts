/** What neighbouring frames took or held, whatever the unit. */
export interface Times {
  readonly first: number;
  readonly low: number;
  readonly middle: number;
  readonly high: number;
}

export interface Extremes {
  readonly from: number;
  readonly to: number;
  readonly least: Times;
  readonly most: Times;
}

/** The first and last of them, and those that reach furthest down and up. Null when there are none. */
export function extremes(times: readonly Times[]): Extremes | null {
  const [first] = times;
  const last = times.at(-1);
  if (!first || !last) return null;
  return {
    from: first.first,
    to: last.first,
    least: times.reduce((least, one) => (one.low < least.low ? one : least)),
    most: times.reduce((most, one) => (one.high > most.high ? one : most)),
  };
}

/** `from 0.42 s to 12.3 s (frame 7).` Of frames that share a column their numbers are a range. */
export function timesWords({ least, most }: Extremes, each: number, say: (value: number) => string): string {
  const where = each === 1 ? `frame ${most.first}` : `frames ${most.first} to ${most.first + each - 1}`;
  if (least.low <= 0 || least.low === most.high) return `at most ${say(most.high)} (${where}).`;
  return `from ${say(least.low)} to ${say(most.high)} (${where}).`;
}
