import type { Job } from '@akashganga/protocol';
import { expect, test } from 'vitest';
import { probeReport, TestFarm } from './farm.fixture.ts';

test('of a resource the farm has two of, two slots take one, whatever their jobs', () => {
  const farm = TestFarm.rendering('1-9', ['wanda', 'walt', 'wilma'], { uses: ['licence'], chunk: 1 });
  farm.say({ kind: 'set-limit', name: 'licence', most: 2 });
  farm.submit({ frames: '1-9', uses: ['licence'], chunk: 1, priority: 90 }, 'job-2');
  farm.probe('wanda', probeReport());
  const leases = [farm.lease('wanda'), farm.lease('walt')];
  const third = farm.ask('wilma');
  expect(third.reply).toBeUndefined();
  expect(waitsFor(farm)).toMatch(/a free licence: all 2 are in use/);
  farm.done(leases[0]!);
  expect(third.reply?.leases).toHaveLength(1);
  const { limits } = farm.say<{ limits: object[] }>({ kind: 'set-limit', name: 'licence', most: 3 });
  expect(limits).toEqual([{ name: 'licence', most: 3, inUse: 2 }]);
  expect(farm.leases('wanda')).toHaveLength(1);
});

test('a scene is opened to be examined only while there is a licence for it', () => {
  const farm = new TestFarm();
  farm.frameServer();
  for (const worker of ['wanda', 'walt']) farm.hello(worker);
  farm.say({ kind: 'set-limit', name: 'licence', most: 1 });
  farm.submit({ frames: '1', uses: ['licence'] });
  farm.submit({ frames: '1', uses: ['licence'] }, 'job-2');
  const first = farm.lease('wanda');
  expect(first).toMatchObject({ kind: 'probe', job: 'job-1' });
  const second = farm.ask('walt');
  expect(second.reply).toBeUndefined();
  expect(waitsFor(farm, 'job-2')).toBe('a free licence: all 1 are in use');
  farm.update('wanda', { kind: 'probed', lease: first.id, report: probeReport() });
  expect(second.reply?.leases).toHaveLength(1);
});

test('frames under way count by what their job is said to use now, and give back just that', () => {
  const farm = TestFarm.rendering('1-9', ['wanda', 'walt', 'wilma'], { chunk: 1 });
  farm.say({ kind: 'set-limit', name: 'licence', most: 1 });
  const leases = [farm.lease('wanda'), farm.lease('walt')];
  farm.say({ kind: 'change-job', job: 'job-1', change: { uses: ['licence'] } });
  expect(limits(farm)).toEqual([{ name: 'licence', most: 1, inUse: 2 }]);
  const third = farm.ask('wilma');
  expect(third.reply).toBeUndefined();
  for (const lease of leases) farm.done(lease);
  expect(third.reply?.leases).toHaveLength(1);
  expect(limits(farm)).toEqual([{ name: 'licence', most: 1, inUse: 1 }]);
  const fourth = farm.ask('wanda');
  expect(fourth.reply).toBeUndefined();
  farm.say({ kind: 'change-job', job: 'job-1', change: { uses: [] } });
  expect(limits(farm)).toEqual([{ name: 'licence', most: 1, inUse: 0 }]);
  expect(fourth.reply?.leases).toHaveLength(1);
});

function limits(farm: TestFarm) {
  return farm.say<{ limits: object[] }>({ kind: 'set-limit', name: 'licence', most: 1 }).limits;
}

function waitsFor(farm: TestFarm, id = 'job-1'): string | null {
  return farm.say<Job>({ kind: 'change-job', job: id, change: {} }).waitsFor;
}
