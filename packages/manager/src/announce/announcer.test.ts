import type { FarmEvent } from '@akashganga/protocol';
import { expect, test } from 'vitest';
import { TestFarm } from '../schedule/farm.fixture.ts';
import { step } from '../schedule/index.ts';
import { type Announcement, Announcer } from './announcer.ts';
import { KeptEvents } from './kept-events.ts';

/** What is announced of a job of so many frames when it is canceled. */
async function canceled(frames: number): Promise<FarmEvent[]> {
  const farm = TestFarm.rendering(`1-${frames}`);
  const announcer = new Announcer(farm.state, 'boot');
  const heard: FarmEvent[] = [];
  const all = new Promise<void>((resolve) => {
    announcer.listen(null, ({ topic, data }) => {
      heard.push(JSON.parse(data));
      if (topic === 'job') resolve();
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

/** A farm whose announcer is told of every command, at a time that the test tells. */
class WatchedFarm {
  readonly farm: TestFarm;
  readonly announcer: Announcer;
  now = 0;

  constructor(workers: number) {
    this.farm = new TestFarm();
    for (let number = 0; number < workers; number += 1) this.farm.hello(`worker-${number}`);
    this.announcer = new Announcer(this.farm.state, 'boot', () => this.now);
  }

  beat(worker: string): void {
    const boot = this.farm.state.workers.get(worker)?.hello.boot ?? '';
    const heartbeat = { boot, slots: [], delivering: [] };
    this.announcer.take(
      step(this.farm.state, { kind: 'heartbeat', worker, heartbeat, request: 'r' }, this.farm.now),
    );
  }

  /** What a reader hears until nothing more is announced. */
  async hear(lastId: string | null): Promise<Announcement[]> {
    const heard: Announcement[] = [];
    const stop = this.announcer.listen(lastId, (announcement) => heard.push(announcement));
    for (let count = -1; count < heard.length; ) {
      count = heard.length;
      await new Promise((next) => setTimeout(next, 250));
    }
    stop();
    return heard;
  }
}

test('many workers that change together are told a hundred at a time, each as it is then', async () => {
  const watched = new WatchedFarm(350);
  const hearing = watched.hear(null);
  for (let round = 0; round < 3; round += 1)
    for (let number = 0; number < 350; number += 1) watched.beat(`worker-${number}`);
  const heard = await hearing;
  expect(heard.map(({ topic }) => topic)).toEqual(Array.from({ length: 350 }, () => 'worker'));
  const ids = heard.map(({ data }) => JSON.parse(data).worker.id);
  expect(new Set(ids).size).toBe(350);
  watched.announcer.close();
});

test('a reader that comes back soon hears what it missed, and one that stayed away reads everything again', async () => {
  const watched = new WatchedFarm(2);
  const hearing = watched.hear(null);
  watched.beat('worker-0');
  const lastId = (await hearing).at(-1)?.id ?? '';
  watched.now += 59_000;
  watched.beat('worker-1');
  expect((await watched.hear(lastId)).map(({ topic }) => topic)).toEqual(['worker']);
  watched.now += 61_000;
  watched.beat('worker-1');
  expect((await watched.hear(lastId)).map(({ topic }) => topic)).toEqual(['reset']);
  watched.announcer.close();
});

test('of many large events only the latest are kept', () => {
  const kept = new KeptEvents();
  const data = 'x'.repeat(1_000_000);
  for (let number = 1; number <= 20; number += 1)
    kept.add((id) => ({ id: `boot-${id}`, topic: 'frames', data }));
  expect(kept.after(12)).toHaveLength(8);
  expect(kept.after(11)).toBeNull();
  expect(kept.after(20)).toEqual([]);
  expect(kept.after(21)).toBeNull();
  expect(kept.after(Number.NaN)).toBeNull();
});
