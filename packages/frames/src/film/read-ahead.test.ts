import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { readAhead } from './read-ahead.ts';

test('results come in order, and no more are read than asked for', async () => {
  let reading = 0;
  let most = 0;
  const read = async (item: number) => {
    most = Math.max(most, ++reading);
    await sleep(item % 3);
    reading -= 1;
    return item * 10;
  };
  const seen: number[] = [];
  for await (const result of readAhead([5, 4, 3, 2, 1, 0], read, 2)) seen.push(result);
  expect(seen).toEqual([50, 40, 30, 20, 10, 0]);
  expect(most).toBe(3);
});

test('a failure comes when its turn comes', async () => {
  const read = async (item: number) => {
    if (item === 3) throw new Error('three');
    return item;
  };
  const seen: number[] = [];
  await expect(
    (async () => {
      for await (const result of readAhead([1, 2, 3, 4], read, 3)) seen.push(result);
    })(),
  ).rejects.toThrow('three');
  expect(seen).toEqual([1, 2]);
});
