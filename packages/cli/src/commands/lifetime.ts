import { FarmError } from '@akashganga/protocol';

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };
const LONGEST = 366 * 86_400;

/** Seconds from `90s`, `30m`, `2h` or `7d`; a year at most. Throws `usage.bad-flag`. */
export function lifetime(value: string): number {
  const [, number = '', unit = ''] = /^(\d{1,9})([smhd])$/.exec(value.trim()) ?? [];
  const seconds = Number(number) * (SECONDS[unit] ?? 0);
  if (seconds >= 1 && seconds <= LONGEST) return seconds;
  const why = 'it is a time like 30m, 2h or 7d, a year at most';
  throw new FarmError('usage.bad-flag', { flag: '--expires', value, why });
}
