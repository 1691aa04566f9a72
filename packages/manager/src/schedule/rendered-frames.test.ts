import type { RenderedFrames } from '@akashganga/protocol';
import { expect, test } from 'vitest';
import { storedFrame, TestFarm, workerHello } from './farm.fixture.ts';

function startsAnew(farm: TestFarm, worker: string, rendered: RenderedFrames[], boot = `${worker}-boot2`) {
  farm.say({ kind: 'hello', hello: workerHello(worker, { boot }), rendered });
}

/** What a worker that has just started is told to deliver: it holds no lease, and wants none. */
function toDeliver(farm: TestFarm, worker: string) {
  return farm.leases(worker, { want: 0 }).map(({ frames, kept, replace }) => ({ frames, kept, replace }));
}

/** A minute in which nothing is heard of ann. */
function minuteWithout(farm: TestFarm): void {
  farm.tickFor(60, () => {
    farm.beat('bob');
    farm.gather();
  });
}

test('what lies rendered on the disk of a worker that starts anew stays with it; the rest goes back', () => {
  const farm = TestFarm.rendering('1-6', ['ann', 'bob'], { chunk: 4 });
  const lease = farm.lease('ann');
  farm.beat('ann', lease, 2);
  startsAnew(farm, 'ann', [{ job: 'job-1', lease: lease.id, frames: [1, 2] }]);
  expect(farm.frames()).toBe('leased leased waiting waiting waiting waiting');
  // It was rendered, whatever the heartbeat before had said.
  expect(farm.facts.filter(({ kind }) => kind === 'attempt')).toEqual([]);
  expect(farm.lease('bob').frames).toBe('3-6');
  const [kept, ...others] = farm.leases('ann', { want: 0 });
  expect(others).toEqual([]);
  expect(kept).toMatchObject({ frames: '1-2', kept: true });
  farm.done({ id: kept?.id ?? '', job: 'job-1', frames: '1-2' });
  expect(farm.frames()).toMatch(/^done done leased/);
});

test('a frame that was under way and is not on the disk is lost, as before', () => {
  const farm = TestFarm.rendering('1-2', ['ann'], { chunk: 2 });
  const lease = farm.lease('ann');
  farm.beat('ann', lease, 2);
  startsAnew(farm, 'ann', [{ job: 'job-1', lease: lease.id, frames: [1] }]);
  expect(farm.facts.filter(({ kind }) => kind === 'attempt')).toMatchObject([{ frame: 2 }]);
  expect(farm.frames()).toBe('leased waiting');
});

test('a frame that another worker has meanwhile is that one’s, and what comes first is the frame', () => {
  const farm = TestFarm.rendering('1-2', ['ann', 'bob'], { chunk: 1 });
  const lease = farm.lease('ann');
  minuteWithout(farm);
  expect(farm.state.workers.get('ann')?.state).toBe('lost');
  const other = farm.lease('bob');
  expect(other.frames).toBe('1');
  startsAnew(farm, 'ann', [{ job: 'job-1', lease: lease.id, frames: [1] }]);
  expect(toDeliver(farm, 'ann')).toEqual([]);
  expect(farm.job().holders.get(0)).toBe(other.id);
  farm.report(storedFrame('job-1', 1, { lease: lease.id, worker: 'ann' }));
  expect(farm.frames()).toBe('done waiting');
  expect(farm.state.leases.has(other.id)).toBe(false);
});

test('a worker that was lost meanwhile delivers what nobody else has begun', () => {
  const farm = TestFarm.rendering('1-3', ['ann', 'bob'], { chunk: 3 });
  const lease = farm.lease('ann');
  minuteWithout(farm);
  expect(farm.frames()).toBe('waiting waiting waiting');
  startsAnew(farm, 'ann', [{ job: 'job-1', lease: lease.id, frames: [3, 1] }]);
  expect(toDeliver(farm, 'ann')).toEqual([{ frames: '1,3', kept: true, replace: false }]);
});

test('of a frame that was asked for again only the picture of the lease that followed is taken', () => {
  const farm = TestFarm.rendering('1-2', ['ann'], { chunk: 1 });
  const first = farm.lease('ann');
  farm.done(first);
  farm.say({ kind: 'retry', job: 'job-1', frames: '1' });
  startsAnew(farm, 'ann', [{ job: 'job-1', lease: first.id, frames: [1] }]);
  expect(farm.frames()).toBe('waiting waiting');
  const second = farm.lease('ann');
  expect(second).toMatchObject({ frames: '1', replace: true });
  startsAnew(farm, 'ann', [{ job: 'job-1', lease: second.id, frames: [1] }], 'ann-boot3');
  expect(toDeliver(farm, 'ann')).toEqual([{ frames: '1', kept: true, replace: true }]);
});

test('what makes no sense is passed over, and so is what is done', () => {
  const farm = TestFarm.rendering('1-2', ['ann'], { chunk: 1 });
  const lease = farm.lease('ann');
  farm.done(lease);
  startsAnew(farm, 'ann', [
    { job: 'job-1', lease: lease.id, frames: [1, 99, -5] },
    { job: 'job-9', lease: 'lease-77', frames: [1] },
  ]);
  expect(toDeliver(farm, 'ann')).toEqual([]);
  expect(farm.frames()).toBe('done waiting');
});

test('a worker that was silent for a while and is the same process delivers what it has, too', () => {
  const farm = TestFarm.rendering('1-3', ['ann', 'bob'], { chunk: 3 });
  const { id: lease } = farm.lease('ann');
  minuteWithout(farm);
  expect(farm.frames()).toBe('waiting waiting waiting');
  const delivering = [1, 3].map((frame) => ({ job: 'job-1', lease, frame }));
  const heartbeat = { boot: farm.boot('ann'), slots: [], delivering };
  farm.say({ kind: 'heartbeat', worker: 'ann', heartbeat });
  expect(toDeliver(farm, 'ann')).toEqual([{ frames: '1,3', kept: true, replace: false }]);
  // Said again, it changes nothing.
  farm.say({ kind: 'heartbeat', worker: 'ann', heartbeat });
  expect(farm.frames()).toBe('leased waiting leased');
});

test('frames that a worker never had a lease of are not its own by a word', () => {
  const farm = TestFarm.rendering('1-3', ['ann', 'bob'], { chunk: 1 });
  const lease = farm.lease('bob');
  startsAnew(farm, 'ann', [{ job: 'job-1', lease: lease.id, frames: [1, 2, 3] }]);
  const delivering = [2, 3].map((frame) => ({ job: 'job-1', lease: lease.id, frame }));
  farm.say({ kind: 'heartbeat', worker: 'ann', heartbeat: { boot: 'ann-boot2', slots: [], delivering } });
  expect(toDeliver(farm, 'ann')).toEqual([]);
  expect(farm.frames()).toBe('leased waiting waiting');
});

test('while a job has no frame server its frames wait', () => {
  const farm = TestFarm.rendering('1-2', ['ann'], { chunk: 1 });
  const lease = farm.lease('ann');
  farm.tickFor(60);
  expect(farm.job().frameServer).toBeNull();
  startsAnew(farm, 'ann', [{ job: 'job-1', lease: lease.id, frames: [1] }]);
  expect(farm.frames()).toBe('waiting waiting');
});
