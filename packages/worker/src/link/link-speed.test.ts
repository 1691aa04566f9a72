import { expect, test } from 'vitest';
import { LinkSpeed } from './link-speed.ts';

test('the speed is that of all transfers together, and unknown before the first', () => {
  const speed = new LinkSpeed();
  expect(speed.perSecond).toBeNull();
  speed.note(1_000_000, 1000);
  speed.note(3_000_000, 1000);
  expect(speed.perSecond).toBe(2_000_000);
});

test('transfers beside each other share the link, and one that failed tells nothing', () => {
  const speed = new LinkSpeed();
  speed.begin(0);
  speed.begin(0);
  speed.end(1_000_000, 1000);
  speed.end(1_000_000, 1000);
  expect(speed.perSecond).toBe(2_000_000);
  speed.begin(5000);
  speed.end(null, 65_000);
  expect(speed.perSecond).toBe(2_000_000);
});

test('small transfers tell nothing of the link', () => {
  const speed = new LinkSpeed();
  speed.note(100, 500);
  expect(speed.perSecond).toBeNull();
});

test('a link that became slower is known as that after some transfers', () => {
  const speed = new LinkSpeed();
  for (let count = 0; count < 100; count += 1) speed.note(1_000_000, 10);
  for (let count = 0; count < 50; count += 1) speed.note(1_000_000, 1000);
  expect(speed.perSecond).toBe(1_000_000);
});
