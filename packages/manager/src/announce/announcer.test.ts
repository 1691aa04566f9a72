import type { FarmEvent } from '@akashganga/protocol';
import { expect, test } from 'vitest';
import { TestFarm } from '../schedule/farm.fixture.ts';
import { step } from '../schedule/index.ts';
import { Announcer } from './announcer.ts';

/** What is announced of a job of so many frames when it is canceled. */
async function canceled(frames: number): Promise<FarmEvent[]> {
  const farm = TestFarm.rendering(`1-${frames}`);
  const announcer = new Announcer(farm.state, 'boot');
  const heard: FarmEvent[] = [];
  const all = new Promise<void>((resolve) => {
    announcer.listen(null, ({ event }) => {
      heard.push(event);
      if (event.topic === 'job') resolve();
    });
  });
  announcer.take(step(farm.state, { kind: 'cancel', job: 'job-1', request: 'r' }, farm.now));
  await all;
  announcer.close();
  return heard;
}

test('the frames of a small job that is canceled are told one by one', async () => {
  const [frames] = await canceled(10);
  expect(frames).toMatchObject({ topic: 'frames', changes: { length: 10 } });
});

test('a million frames that are canceled together are one event, and its reader reads them again', async () => {
  const heard = await canceled(1_000_000);
  expect(heard.map((event) => event.topic)).toEqual(['all-frames', 'job']);
  expect(JSON.stringify(heard).length).toBeLessThan(10_000);
});
