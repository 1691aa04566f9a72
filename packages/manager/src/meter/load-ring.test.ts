import { expect, test } from 'vitest';
import { LoadRing } from './load-ring.ts';

test('columns hold the mean of what was measured in them, and what nobody measured is null', () => {
  const ring = new LoadRing(4, 10);
  ring.add(1, 100);
  ring.add(3, 109);
  ring.add(5, 125);
  expect(ring.read(126)).toEqual({ from: 90, means: [null, 2, null, 5] });
  expect(ring.read(146)).toEqual({ from: 110, means: [null, 5, null, null] });
});

test('what is older than the ring is forgotten, and after a long silence nothing of before is shown', () => {
  const ring = new LoadRing(3, 10);
  for (let at = 0; at < 100; at += 10) ring.add(at, at);
  expect(ring.read(95).means).toEqual([70, 80, 90]);
  ring.add(7, 1000);
  expect(ring.read(1000).means).toEqual([null, null, 7]);
});

test('a clock that is set back begins anew', () => {
  const ring = new LoadRing(3, 10);
  ring.add(1, 100);
  ring.add(2, 50);
  expect(ring.read(50).means).toEqual([null, null, 2]);
});
