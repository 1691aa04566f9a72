import { clockTime } from '../words/duration.ts';

/** Columns of a stretch of time: what was measured in each, null where nobody measured. */
export interface Columns {
  /** When the first one begins, and how long each is. Milliseconds. */
  readonly from: number;
  readonly eachMs: number;
  readonly values: readonly (number | null)[];
}

/** The highest of all values; 0 when there is none. */
export function highest(values: readonly (number | null)[]): number {
  return values.reduce<number>((most, value) => Math.max(most, value ?? 0), 0);
}

export function sumOf(values: readonly (number | null)[]): number {
  return values.reduce<number>((sum, value) => sum + (value ?? 0), 0);
}

/** A chart in a sentence: its highest column and what is not known. `say` writes a value with its unit. */
export function stretchWords({ from, eachMs, values }: Columns, say: (value: number) => string): string {
  const most = highest(values);
  const unknown = values.filter((value) => value === null).length;
  if (unknown === values.length) return 'Nobody has measured this yet.';
  const at = from + values.indexOf(most) * eachMs;
  const peak = most === 0 ? `Never more than ${say(0)}.` : `At most ${say(most)}, at ${clockTime(at)}.`;
  if (unknown === 0) return peak;
  return `${peak} Not measured: ${span(unknown * eachMs)} of ${span(values.length * eachMs)}.`;
}

/** `40 min`, `3 h`, `3 h 15 min` */
function span(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  if (hours === 0) return `${minutes} min`;
  return rest === 0 ? `${hours} h` : `${hours} h ${rest} min`;
}
