import { expect, test } from 'vitest';
import { play } from './play.fixture.ts';

test('five hundred hours of farms that nobody has seen before lose nothing and finish everything', async () => {
  const first = Math.floor(Math.random() * 1_000_000_000);
  console.log(`fresh seeds from ${first} on`);
  const seeds = Array.from({ length: 25 }, (_, index) => first + index);
  const hours = await play(seeds.map((seed, index) => ({ seed, hours: 20, workers: 1 + (index % 5) })));
  expect(hours).toBeGreaterThanOrEqual(500);
}, 900_000);
