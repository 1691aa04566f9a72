import { FarmError } from '@akashganga/protocol';
import { expect, test } from 'vitest';
import { retryLater } from './retry.ts';

/** The waits in seconds until `work` succeeded, which fails so often. */
async function waits(url: string, failures: number): Promise<number[]> {
  const seen: number[] = [];
  const done = await retryLater(
    async () => {
      if (seen.length < failures) throw new FarmError('farm.unreachable', { url, why: 'connection refused' });
      return 'done';
    },
    { onWait: (_, seconds) => seen.push(seconds) },
  );
  expect(done).toBe('done');
  return seen;
}

test('a farm on this computer that does not listen yet is asked again soon, however often it was', async () => {
  const seen = await waits('http://127.0.0.1:7770', 5);
  expect(seen).toHaveLength(5);
  for (const seconds of seen) expect(seconds).toBeLessThanOrEqual(0.3);
});

test('a farm elsewhere that does not answer is asked again after waits that grow', async () => {
  const [first = 0, , third = 0] = await waits('https://192.168.1.5:7770', 3);
  expect(first).toBeLessThanOrEqual(0.3);
  expect(third).toBeGreaterThanOrEqual(0.4);
});

test('what no waiting mends is not tried again', async () => {
  let tries = 0;
  const refused = retryLater(async () => {
    tries += 1;
    throw new FarmError('farm.none');
  });
  await expect(refused).rejects.toMatchObject({ code: 'farm.none' });
  expect(tries).toBe(1);
});
