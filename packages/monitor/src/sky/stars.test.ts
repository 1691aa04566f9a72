import { expect, it } from 'vitest';
import { emptySky, light, SKY_SPAN, seeded } from './stars.ts';

const random = seeded(7);

it('lights a star for each frame', () => {
  const sky = emptySky();
  light(sky, 3, 1, 1_000_000, random);
  expect(sky.stars).toHaveLength(4);
  expect(sky.stars.filter((star) => star.failed)).toHaveLength(1);
});

it('shows a sample when thousands are done in a second', () => {
  const sky = emptySky();
  for (let n = 0; n < 60; n += 1) light(sky, 100, 0, 1_000_000 + n * 16, random);
  expect(sky.stars.length).toBeLessThanOrEqual(50);
});

it('lets old stars set', () => {
  const sky = emptySky();
  light(sky, 5, 0, 1_000_000, random);
  light(sky, 1, 0, 1_000_000 + SKY_SPAN + 1000, random);
  expect(sky.stars).toHaveLength(1);
});

it('draws the far stars the same each time', () => {
  const a = seeded(3);
  const b = seeded(3);
  expect([a(), a(), a()]).toEqual([b(), b(), b()]);
});
