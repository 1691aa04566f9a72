import { expect, test } from 'vitest';
import { play } from './play.fixture.ts';
import { simulate } from './simulate.ts';

// Together with the fresh seeds, which run beside these, more than a thousand hours.
test('five hundred hours of farms of known seeds lose nothing and finish everything', async () => {
  const seeds = Array.from({ length: 25 }, (_, index) => index + 1);
  const hours = await play(seeds.map((seed) => ({ seed, hours: 20, workers: 1 + (seed % 5) })));
  expect(hours).toBeGreaterThanOrEqual(500);
}, 900_000);

test('the same seed is the same story', async () => {
  const wanted = { seed: 7, hours: 2, workers: 3 };
  expect(await simulate(wanted)).toEqual(await simulate(wanted));
}, 60_000);
