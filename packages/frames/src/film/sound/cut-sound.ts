import type { SoundRange } from './sound-ranges.ts';

const SILENCE = 64 * 1024;

/**
 * Cuts ranges, ascending and apart, out of samples as they come. Silence stands for what is before the beginning and behind
 * the end, so that the result is as long as the ranges. `sampleBytes` are those of one sample of all channels.
 */
export async function* cutSound(
  pieces: AsyncIterable<Uint8Array>,
  ranges: readonly SoundRange[],
  sampleBytes: number,
): AsyncGenerator<Uint8Array> {
  const source = pieces[Symbol.asyncIterator]();
  let held: Uint8Array = new Uint8Array();
  let at = 0;
  // The next bytes, at most up to `end`; null when the sound has ended.
  async function next(end: number): Promise<Uint8Array | null> {
    while (held.length === 0) {
      const read = await source.next();
      if (read.done) return null;
      held = read.value;
    }
    const piece = held.subarray(0, end - at);
    held = held.subarray(piece.length);
    at += piece.length;
    return piece;
  }
  try {
    for (const { from, count } of ranges) {
      const begin = Math.max(0, from) * sampleBytes;
      const end = Math.max(0, from + count) * sampleBytes;
      let given = count * sampleBytes - (end - begin);
      yield* silence(given);
      let hasEnded = false;
      while (!hasEnded && at < begin) hasEnded = (await next(begin)) === null;
      while (!hasEnded && at < end) {
        const piece = await next(end);
        if (piece) yield piece;
        given += piece?.length ?? 0;
        hasEnded = piece === null;
      }
      yield* silence(count * sampleBytes - given);
    }
  } finally {
    await source.return?.();
  }
}

function* silence(bytes: number): Generator<Uint8Array> {
  for (let left = bytes; left > 0; left -= SILENCE) yield new Uint8Array(Math.min(left, SILENCE));
}
