import type { TimePiece } from '@akashganga/protocol';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { timeLanes } from './time-lanes.ts';

const piece = (frame: number, began: number, ended: number): TimePiece => ({
  ...{ frame, began, ended, outcome: 'done' },
});

it('puts frames that follow each other into one lane, and those at the same time into two', () => {
  const pieces = [piece(1, 0, 9000), piece(2, 0, 8000), piece(3, 9500, 20_000), piece(4, 9600, 19_000)];
  const lanes = timeLanes(pieces, null).map((lane) => lane.map(({ frame }) => frame));
  expect(lanes).toEqual([
    [1, 3],
    [2, 4],
  ]);
});

it('moves frames that were heard of all at once back into the slot that made them', () => {
  const [lane, ...others] = timeLanes([piece(1, 900, 1000), piece(2, 900, 1000), piece(3, 900, 1000)], 1);
  expect(others).toEqual([]);
  expect(lane?.map(({ began, ended }) => [began, ended])).toEqual([
    [700, 800],
    [800, 900],
    [900, 1000],
  ]);
});

it('loses no attempt, lets none lie over another, makes none longer or later, and needs no more lanes than slots', () => {
  const some = fc.array(
    fc.tuple(fc.nat(50_000), fc.nat(9000)).map(([began, long]) => piece(began, began, began + long)),
  );
  fc.assert(
    fc.property(some, fc.integer({ min: 1, max: 4 }), (pieces, slots) => {
      const lanes = timeLanes(pieces, slots);
      expect(lanes.length).toBeLessThanOrEqual(slots);
      const long = (all: readonly TimePiece[]) => all.reduce((sum, one) => sum + one.ended - one.began, 0);
      expect([lanes.flat().length, long(lanes.flat())]).toEqual([pieces.length, long(pieces)]);
      for (const lane of lanes)
        for (const [at, next] of lane.slice(1).entries())
          expect(next.began).toBeGreaterThanOrEqual(lane[at]?.ended ?? 0);
      // `frame` is where it began.
      for (const one of lanes.flat()) expect(one.began).toBeLessThanOrEqual(one.frame);
    }),
  );
});
