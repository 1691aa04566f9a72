import { expect, test } from 'vitest';
import { keptPieces, lackingPieces, wantedPieces } from './piece-window.ts';

const film = { numerator: 24, denominator: 1 };

test('what is wanted reaches some seconds ahead, more at a higher speed, and never without bound', () => {
  expect(wantedPieces(0, 1, film, 24)).toEqual({ from: 0, to: 9 });
  expect(wantedPieces(999_999, 2, film, 24)).toEqual({ from: 41_666, to: 41_683 });
  const fast = wantedPieces(0, 4, { numerator: 240, denominator: 1 }, 24);
  expect(fast.to - fast.from).toBe(40);
  expect(wantedPieces(30, 1, { numerator: 1, denominator: 10 }, 24)).toEqual({ from: 1, to: 3 });
});

test('whatever is wanted may stay', () => {
  for (const numerator of [1, 24, 60, 240])
    for (const position of [0, 23, 24, 5000]) {
      const rate = { numerator, denominator: 1 };
      const wanted = wantedPieces(position, 4, rate, 24);
      const kept = keptPieces(position, rate, 24);
      expect(kept.from).toBeLessThanOrEqual(wanted.from);
      expect(kept.to).toBeGreaterThanOrEqual(wanted.to);
    }
});

test('a piece in another version is lacking', () => {
  const piece = (at: number, version: string) => ({ piece: at, version, frames: 24, here: 0 });
  const loaded = new Map([1, 2].map((at) => [at, piece(at, 'a')]));
  const pieces = [piece(1, 'a'), piece(2, 'b'), piece(3, 'a')];
  expect(lackingPieces(pieces, loaded).map(({ piece: at }) => at)).toEqual([2, 3]);
});
