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

function waitsFor(farm: TestFarm, id = 'job-1'): string | null {
  return farm.say<Job>({ kind: 'change-job', job: id, change: {} }).waitsFor;
}
