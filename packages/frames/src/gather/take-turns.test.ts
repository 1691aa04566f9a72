import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { takeTurns } from './take-turns.ts';

test('no more than the limit run at once, and a failure gives its turn on', async () => {
  const turns = takeTurns(2);
  let running = 0;
  let most = 0;
  const work = async (fails: boolean) => {
    most = Math.max(most, ++running);
    await sleep(2);
    running -= 1;
    if (fails) throw new Error('no');
  };
  const results = await Promise.allSettled(
    [true, false, true, false, false].map((fails) => turns(() => work(fails))),
  );
  expect(most).toBe(2);
  expect(results.map((result) => result.status === 'rejected')).toEqual([true, false, true, false, false]);
});
