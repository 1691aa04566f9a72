import type { ByteRange } from './keeper.ts';

/** What a Range header asks of a blob of `size` bytes: `bytes=a-` and `bytes=a-b`. Anything else (null) gets the whole. */
export function byteRange(header: string | undefined, size: number): ByteRange | null {
  const match = /^bytes=(\d+)-(\d*)$/.exec(header ?? '');
  if (!match) return null;
  const start = Number(match[1]);
  const end = match[2] ? Math.min(Number(match[2]), size - 1) : size - 1;
  return start <= end ? { start, end } : null;
}
