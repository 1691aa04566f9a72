import { InvalidArgumentError } from 'commander';

const UNITS: Readonly<Record<string, number>> = { '': 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3, T: 1024 ** 4 };

/** Reads a flag that is a size: `500M`, `50G`, or bytes. */
export function byteSize(text: string): number {
  const [, digits, unit] = /^(\d+(?:\.\d+)?)([KMGT]?)(?:iB|B)?$/i.exec(text) ?? [];
  const factor = UNITS[(unit ?? '').toUpperCase()];
  if (digits === undefined || factor === undefined)
    throw new InvalidArgumentError('Write a size as 500M or 50G.');
  return Math.floor(Number(digits) * factor);
}
