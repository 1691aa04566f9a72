import type { Lease } from '@akashganga/protocol';
import { expect, test } from 'vitest';
import { TestFarm } from './farm.fixture.ts';

/** A job whose frames take ten seconds, all of them with wanda, who has begun the first. */
function longLease(frames = 8): { farm: TestFarm; lease: Lease } {
  const farm = TestFarm.rendering(`1-${frames}`, ['wanda'], { chunk: frames });
  const lease = farm.lease('wanda');
  farm.beat('wanda', lease, 1);
  farm.job().frameSeconds = 10;
  farm.hello('walt');
  return { farm, lease };
}

test('an idle slot has half of what is not begun taken back from a long lease', () => {
  const { farm, lease } = longLease();
  const holder = farm.ask('wanda', { want: 0, holding: { [lease.id]: 8 } });
  const idle = farm.ask('walt');
  expect(holder.reply).toMatchObject({ leases: [], ended: [], wanted: [{ lease: lease.id, frames: '5-8' }] });
  // They are still the holder's: it may begin one before it hears of it.
  expect(idle.reply).toBeUndefined();
  farm.update('wanda', { kind: 'lease-returned', lease: lease.id, frames: '6-8' });
  expect(idle.reply?.leases.map((one) => one.frames)).toEqual(['6-8']);
  expect(farm.frames()).toBe(`rendering ${'leased '.repeat(7)}`.trim());
});

test('a frame that was begun meanwhile stays with the one that began it', () => {
  const { farm, lease } = longLease();
  farm.ask('walt');
  farm.beat('wanda', lease, 5);
  farm.update('wanda', { kind: 'lease-returned', lease: lease.id, frames: '6-8' });
  expect(farm.job().holders.get(4)).toBe(lease.id);
});

test('what is asked for is said once, in the next answer when no request is open', () => {
  const { farm, lease } = longLease();
  farm.ask('walt');
  const first = farm.ask('wanda', { want: 0, holding: { [lease.id]: 8 } });
  expect(first.reply?.wanted).toEqual([{ lease: lease.id, frames: '5-8' }]);
  expect(farm.ask('wanda', { want: 0, holding: { [lease.id]: 8 } }).reply).toBeUndefined();
});

test('when the question is lost the frames stay where they are, and are asked for again', () => {
  const { farm, lease } = longLease();
  farm.ask('walt');
  farm.ask('wanda', { want: 0, holding: { [lease.id]: 8 } });
  const beats = () => {
    farm.beat('wanda', lease, 1);
    farm.beat('walt');
  };
  farm.tickFor(5, beats);
  const open = farm.ask('wanda', { want: 0, holding: { [lease.id]: 8 } });
  farm.tickFor(1, beats);
  expect(open.reply?.wanted).toEqual([{ lease: lease.id, frames: '5-8' }]);
});

test('nothing is taken back for less than a second of rendering', () => {
  const { farm, lease } = longLease(3);
  farm.job().frameSeconds = 0.1;
  const holder = farm.ask('wanda', { want: 0, holding: { [lease.id]: 3 } });
  farm.ask('walt');
  expect(holder.reply).toBeUndefined();
});

/** Two frames; wanda renders the first, slowly, and walt has just finished the other. */
function lastFrame(pace = 10): { farm: TestFarm; lease: Lease } {
  const farm = TestFarm.rendering('1-2', ['wanda', 'walt'], { chunk: 1 });
  const lease = farm.lease('wanda');
  farm.beat('wanda', lease, 1);
  const other = farm.lease('walt');
  farm.done(other, 2, 10);
  const wanda = farm.state.workers.get('wanda');
  if (wanda) wanda.pace = pace;
  return { farm, lease };
}

test('a last frame on a slow worker is rendered a second time on a fast one, and the first that is stored wins', () => {
  const { farm, lease } = lastFrame();
  const double = farm.lease('walt');
  expect(double).toMatchObject({ frames: '1', double: true });
  const loser = farm.ask('wanda', { want: 0, holding: { [lease.id]: 1 } });
  farm.done(double, 1, 10);
  expect(farm.frames()).toBe('done done');
  expect(loser.reply?.ended).toEqual([lease.id]);
  expect(farm.state.leases.size).toBe(0);
});

test('when the slow one is sooner after all, the second rendering is ended', () => {
  const { farm, lease } = lastFrame();
  const double = farm.lease('walt');
  const loser = farm.ask('walt', { want: 0, holding: { [double.id]: 1 } });
  farm.done(lease, 1, 100);
  expect(loser.reply?.ended).toEqual([double.id]);
  expect(farm.frames()).toBe('done done');
});

test('a frame is not rendered a second time where that would not be sooner', () => {
  const { farm } = lastFrame(1);
  expect(farm.leases('walt')).toEqual([]);
});

test('a frame that is overdue is rendered a second time as soon as that is worth it', () => {
  const { farm, lease } = lastFrame(1);
  const idle = farm.ask('walt');
  const beats = () => {
    farm.beat('wanda', lease, 1);
    farm.beat('walt');
  };
  farm.tickFor(20, beats);
  expect(idle.reply).toBeUndefined();
  farm.tickFor(10, beats);
  expect(idle.reply?.leases).toMatchObject([{ frames: '1', double: true }]);
});

test('when its first renderer is lost, the second one has the frame alone', () => {
  const { farm, lease } = lastFrame();
  const double = farm.lease('walt');
  farm.hello('wanda', { boot: 'wanda-boot2' });
  expect(farm.state.leases.has(lease.id)).toBe(false);
  expect(farm.job().holders.get(0)).toBe(double.id);
  expect(farm.job().doubles.size).toBe(0);
  farm.done(double, 1);
  expect(farm.frames()).toBe('done done');
});

test('a second rendering that fails is in the history and does no harm', () => {
  const { farm, lease } = lastFrame();
  const double = farm.lease('walt');
  farm.fail('walt', double, 1);
  expect(farm.job().board?.failures(0)).toBe(0);
  expect(farm.facts.filter((fact) => fact.kind === 'attempt')).toHaveLength(1);
  expect(farm.job().holders.get(0)).toBe(lease.id);
});

test('a first rendering that fails leaves the frame to the second', () => {
  const { farm, lease } = lastFrame();
  const double = farm.lease('walt');
  farm.fail('wanda', lease, 1);
  expect(farm.job().board?.failures(0)).toBe(1);
  expect(farm.job().holders.get(0)).toBe(double.id);
  expect(farm.frames()).toBe('rendering done');
});

test('a frame that takes the place of a kept one is rendered once', () => {
  const { farm } = lastFrame();
  farm.job().replacing.add(1);
  expect(farm.leases('walt')).toEqual([]);
});

test('a scene whose frames are made one from the other is rendered by one slot at a time, in order', () => {
  const farm = TestFarm.rendering('1-6', ['wanda', 'walt'], { chunk: 2 });
  const probe = farm.job().probe;
  if (probe) farm.job().probe = { ...probe, order: 'sequence' };
  const lease = farm.lease('wanda');
  expect(lease.frames).toBe('1-2');
  const other = farm.ask('walt');
  expect(other.reply).toBeUndefined();
  farm.done(lease);
  expect(other.reply?.leases.map((one) => one.frames)).toEqual(['3-4']);
});

test('what a worker needs for a frame is learned from jobs that others render too', () => {
  const farm = TestFarm.rendering('1-400', ['wanda', 'walt'], { chunk: 1 });
  for (let count = 0; count < 100; count += 1) {
    farm.done(farm.lease('wanda'), undefined, 1);
    farm.done(farm.lease('walt'), undefined, 10);
  }
  const [fast, slow] = ['wanda', 'walt'].map((id) => farm.state.workers.get(id)?.pace ?? 0);
  expect((slow ?? 0) / (fast ?? 1)).toBeGreaterThan(7);
  expect((slow ?? 0) / (fast ?? 1)).toBeLessThan(13);
});
