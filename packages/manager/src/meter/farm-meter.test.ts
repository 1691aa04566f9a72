import { pino } from 'pino';
import { expect, test } from 'vitest';
import { TestFarm } from '../schedule/farm.fixture.ts';
import { FarmMeter } from './farm-meter.ts';
import { MINUTE_MS, type Minute, type MinuteStore } from './minute.ts';

/** Keeps minutes in memory, as the database does. */
class KeptMinutes implements MinuteStore {
  readonly minutes = new Map<number, Minute>();

  async add(minute: Minute): Promise<void> {
    await new Promise((next) => setImmediate(next));
    const before = this.minutes.get(minute.at);
    const { frames, bytes } = minute;
    const sums = { frames: frames + (before?.frames ?? 0), bytes: bytes + (before?.bytes ?? 0) };
    this.minutes.set(minute.at, { ...minute, ...sums });
  }

  async since(at: number): Promise<Minute[]> {
    return [...this.minutes.values()].filter((minute) => minute.at >= at);
  }

  async deleteBefore(at: number): Promise<void> {
    for (const minute of this.minutes.keys()) if (minute < at) this.minutes.delete(minute);
  }
}

const START = 1_800_000_000_000;
const done = { failures: 0, worker: 'wanda', digest: null, seconds: 1, memory: null, at: START } as const;
const frame = (state: 'done' | 'waiting', size: number) =>
  ({ kind: 'frame', job: 'j', frame: 1, state, size, ...done }) as const;

function makeMeter() {
  const farm = TestFarm.rendering('1-9', ['wanda', 'walt']);
  const clock = { now: START };
  const store = new KeptMinutes();
  const options = { state: farm.state, store, now: () => clock.now, log: pino({ level: 'silent' }) };
  return { farm, clock, store, meter: new FarmMeter(options), anew: () => new FarmMeter(options) };
}

test('frames that are done are counted in their minute, and slots at work as a mean', async () => {
  const { farm, clock, meter } = makeMeter();
  farm.beat('wanda', farm.lease('wanda'), 1);
  meter.take([frame('done', 100), frame('done', 50), frame('waiting', 0)]);
  meter.sample();
  clock.now += MINUTE_MS;
  meter.sample();
  meter.take([frame('done', 7)]);
  const { hour, day } = await meter.throughput();
  expect(hour.frames.slice(-3)).toEqual([null, 2, 1]);
  expect(hour.bytes.slice(-2)).toEqual([150, 7]);
  expect(hour.busy.slice(-2)).toEqual([1, 1]);
  expect(hour.slots.slice(-1)).toEqual([2]);
  expect(day.frames.at(-1)).toBe(3);
  expect([hour.frames.length, day.frames.length]).toEqual([60, 96]);
});

test('a minute that has only just begun is there for who asks, and the one before it whole', async () => {
  const { clock, meter } = makeMeter();
  meter.take([frame('done', 100)]);
  clock.now += MINUTE_MS;
  const { hour } = await meter.throughput();
  expect(hour.frames.slice(-3)).toEqual([null, 1, 0]);
  expect(hour.slots.at(-1)).toBe(2);
});

test('a manager that starts anew in the same minute adds to it', async () => {
  const { meter, anew } = makeMeter();
  meter.take([frame('done', 100)]);
  await meter.close();
  const second = anew();
  second.take([frame('done', 100)]);
  expect((await second.throughput()).hour.frames.at(-1)).toBe(2);
});

test('the load of a worker is told while the farm knows it, and what it says of itself only then', () => {
  const { farm, clock, meter } = makeMeter();
  const usage = { cacheBytes: 10, cacheLimit: 100, sends: 5, fetches: null };
  farm.beat('wanda', farm.lease('wanda'), 1);
  meter.sample();
  meter.noteUsage('wanda', usage);
  meter.noteUsage('nobody', usage);
  expect(meter.load('wanda')).toMatchObject({ usage });
  expect(meter.load('wanda').hour.busy.at(-1)).toBe(1);
  expect(meter.load('walt').hour.busy.at(-1)).toBe(0);
  expect(meter.load('nobody').usage).toBeNull();
  farm.say({ kind: 'remove-worker', worker: 'wanda' });
  clock.now += MINUTE_MS;
  meter.sample();
  expect(meter.load('wanda').usage).toBeNull();
});
