import fc from 'fast-check';
import { expect, it } from 'vitest';
import { cellPosition, spriteParts } from './sprite-cells.ts';

it('finds a picture in its sprite', () => {
  expect(cellPosition(0)).toBe('0% 0%');
  expect(cellPosition(109)).toBe('100% 0%');
  expect(cellPosition(1290)).toBe('0% 100%');
});

it('shows each place once, whichever part of a job is looked at', () => {
  const part = fc.tuple(fc.nat(100_000), fc.nat(3000));
  fc.assert(
    fc.property(part, ([from, long]) => {
      const parts = spriteParts(from, from + long);
      const places = parts.flatMap((one) =>
        Array.from({ length: one.to - one.from }, (_, at) => one.from + at),
      );
      expect(places).toEqual(Array.from({ length: long }, (_, at) => from + at));
      for (const one of parts) expect(Math.floor(one.from / 100)).toBe(one.sprite);
    }),
  );
});
