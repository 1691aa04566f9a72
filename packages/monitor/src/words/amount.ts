const plain = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const oneDigit = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
const UNITS = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'] as const;

/** `1,234,567` */
export function number(n: number): string {
  return plain.format(n);
}

/** `1 frame`, `2 frames` */
export function count(n: number, thing: string): string {
  return `${number(n)} ${n === 1 ? thing : `${thing}s`}`;
}

/** A speed: one digit after the point while it says something. */
export function speed(n: number): string {
  return (n < 100 ? oneDigit : plain).format(n);
}

/** Bytes in units of 1,000, as disks and networks count them. */
export function bytes(n: number): string {
  let unit = 0;
  let amount = n;
  while (amount >= 999.5 && unit < UNITS.length - 1) {
    amount /= 1000;
    unit += 1;
  }
  return `${(amount < 10 && unit > 0 ? oneDigit : plain).format(amount)} ${UNITS[unit] ?? ''}`;
}

/** Memory in GiB, as it is sold: `16 GB`. */
export function memory(n: number): string {
  return `${oneDigit.format(n / 2 ** 30)} GB`;
}

/** A whole percentage that says 100 only when all is done and 0 only when nothing is. */
export function percent(part: number, whole: number): number {
  if (whole <= 0 || part <= 0) return 0;
  if (part >= whole) return 100;
  return Math.min(99, Math.max(1, Math.round((part / whole) * 100)));
}
