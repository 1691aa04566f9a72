import fc from 'fast-check';
import { expect, it } from 'vitest';
import { cellPosition, spriteCell, spriteParts } from './sprite-cells.ts';

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

it('a place of the board is the same cell of any sprite', () => {
  const sprite = { width: 960, height: 540 };
  expect(spriteCell(0, sprite)).toEqual({ x: 0, y: 0, width: 96, height: 54 });
  expect(spriteCell(1234, sprite)).toEqual({ x: 384, y: 162, width: 96, height: 54 });
  expect(spriteCell(9999, sprite)).toEqual({ x: 864, y: 486, width: 96, height: 54 });
});
