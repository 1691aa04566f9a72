import type { Lease } from '@akashganga/protocol';
import { expect, test } from 'vitest';
import { storedFrame, TestFarm } from './farm.fixture.ts';

/** Two frame servers, two workers, and a job of six frames of which the first four are done. */
function rendering() {
  const farm = TestFarm.rendering('1-6', ['ann', 'bob'], { chunk: 2 });
  farm.frameServer('frames-2');
  farm.done(farm.lease('ann'));
  farm.done(farm.lease('bob'));
  return farm;
}

/** Minutes in which only the second frame server is heard. */
function minutesWithoutFirst(farm: TestFarm, minutes: number): void {
  farm.tickFor(minutes * 60, () => {
    for (const worker of ['ann', 'bob']) farm.beat(worker);
    farm.gather([], 'frames-2');
  });
}

function keeps(farm: TestFarm, worker: string, frames: string | null): void {
  farm.update(worker, { kind: 'kept-frames', job: 'job-1', frames });
}

function lastLease(farm: TestFarm, worker: string): Lease {
  const [lease] = farm.leases(worker, { want: 0 });
  if (!lease) throw new Error(`${worker} was told of no lease`);
  return lease;
}

test('a job waits ten minutes for its frame server, and then goes to another one', () => {
  const farm = rendering();
  minutesWithoutFirst(farm, 9);
  expect(farm.job()).toMatchObject({ frameServer: 'frames-1' });
  expect(farm.say<{ waitsFor: string }>({ kind: 'pause', job: 'job-1' })).toBeDefined();
  farm.say({ kind: 'resume', job: 'job-1' });
  minutesWithoutFirst(farm, 2);
  expect(farm.job()).toMatchObject({ frameServer: 'frames-2', moved: { from: 'frames-1', frames: 4 } });
  expect(farm.frames()).toBe('waiting waiting waiting waiting waiting waiting');
  expect(farm.facts).toContainEqual({ kind: 'frames-lost', job: 'job-1' });
});

test('without another frame server there is nothing to do but wait, and the job says so', () => {
  const farm = TestFarm.rendering('1-2', ['ann'], { chunk: 1 });
  farm.done(farm.lease('ann'));
  farm.tickFor(1200, () => farm.beat('ann'));
  expect(farm.job()).toMatchObject({ frameServer: 'frames-1', moved: null });
  expect(farm.frames()).toBe('done waiting');
  expect(() => farm.say({ kind: 'remove-frame-server', frameServer: 'frames-1' })).toThrow(/No other frame/);
});

test('a person need not wait: the frames are asked back from whoever keeps them, and the others are rendered', () => {
  const farm = rendering();
  const ask = farm.ask('ann', { want: 0 });
  expect(farm.say({ kind: 'remove-frame-server', frameServer: 'frames-1' })).toEqual({ moved: ['job-1'] });
  expect(ask.reply).toMatchObject({ kept: ['job-1'], leases: [] });
  expect(farm.ask('bob', { want: 0 }).reply).toMatchObject({ kept: ['job-1'] });
  keeps(farm, 'ann', '1-2');
  const kept = lastLease(farm, 'ann');
  expect(kept).toMatchObject({ frames: '1-2', kept: true, replace: false });
  keeps(farm, 'bob', null);
  for (const frame of [1, 2])
    farm.reportFrom('frames-2', storedFrame('job-1', frame, { lease: kept.id, worker: 'ann' }));
  expect(farm.frames()).toBe('done done waiting waiting waiting waiting');
  // Nobody has these any more.
  expect(farm.lease('bob')).toMatchObject({ frames: '3-4', kept: false });
  expect(farm.state.seeking.size).toBe(1);
  farm.tickFor(6, () => farm.beat('bob'));
  expect(farm.state.seeking.size).toBe(0);
});

test('the question is said again when it was lost, and a worker that never answers is asked six times', () => {
  const farm = rendering();
  farm.say({ kind: 'remove-frame-server', frameServer: 'frames-1' });
  keeps(farm, 'bob', null);
  let asked = 0;
  farm.tickFor(120, () => {
    for (const worker of ['ann', 'bob']) farm.beat(worker);
    farm.gather([], 'frames-2');
    const open = farm.ask('ann', { want: 0 });
    asked += open.reply?.kept.length ?? 0;
    if (!open.reply) farm.say({ kind: 'ask-over', worker: 'ann', ask: open.request });
  });
  expect(asked).toBe(6);
  expect(farm.state.seeking.size).toBe(0);
});

test('what a worker says it keeps is believed once, and only of frames that wait', () => {
  const farm = rendering();
  farm.say({ kind: 'remove-frame-server', frameServer: 'frames-1' });
  keeps(farm, 'bob', '1-2');
  keeps(farm, 'ann', '1-4,99');
  expect(lastLease(farm, 'ann').frames).toBe('3-4');
  keeps(farm, 'ann', '5-6');
  expect(farm.frames().split(' ').slice(4)).toEqual(['waiting', 'waiting']);
});

test('nothing is rendered again before the workers have answered, or had three seconds', () => {
  const farm = rendering();
  farm.say({ kind: 'remove-frame-server', frameServer: 'frames-1' });
  farm.ask('bob');
  expect(farm.leases('bob')).toEqual([]);
  farm.tickFor(2, () => farm.beat('bob'));
  expect(farm.frames()).not.toMatch('leased');
  farm.tickFor(1, () => farm.beat('bob'));
  // The first answer may be the question once more.
  for (let asked = 0; asked < 2; asked += 1) farm.leases('bob');
  expect(farm.frames()).toMatch(/^leased leased waiting/);
  const other = rendering();
  other.say({ kind: 'remove-frame-server', frameServer: 'frames-1' });
  keeps(other, 'ann', null);
  const bob = other.ask('bob');
  expect(bob.reply?.leases).toEqual([]);
  keeps(other, 'bob', null);
  expect(other.lease('bob').frames).toBe('1-2');
});

test('what a worker gives back of it after all is rendered, and so is what it had when it is lost', () => {
  const farm = rendering();
  farm.say({ kind: 'remove-frame-server', frameServer: 'frames-1' });
  keeps(farm, 'ann', '1-2');
  const kept = lastLease(farm, 'ann');
  farm.update('ann', { kind: 'lease-returned', lease: kept.id, frames: '1' });
  expect(farm.frames().split(' ').slice(0, 2)).toEqual(['waiting', 'leased']);
  farm.hello('ann', { boot: 'ann-boot2' });
  expect(farm.frames().split(' ').slice(0, 2)).toEqual(['waiting', 'waiting']);
});

test('a picture that was not the last one of its frame is not asked back', () => {
  const farm = rendering();
  farm.say({ kind: 'retry', job: 'job-1', frames: '1' });
  farm.done(farm.lease('bob'), 1);
  farm.say({ kind: 'remove-frame-server', frameServer: 'frames-1' });
  keeps(farm, 'ann', '1-2');
  expect(lastLease(farm, 'ann').frames).toBe('2');
});

test('a frame server takes no frames from a job it never had, and deletes what it has of jobs that nobody knows', () => {
  const farm = rendering();
  const lease = farm.lease('ann');
  farm.reportFrom('frames-2', storedFrame('job-1', 5, { lease: lease.id, worker: 'ann' }));
  expect(farm.frames().split(' ').slice(4)).toEqual(['leased', 'leased']);
  const open = farm.gather([], 'frames-2');
  farm.reportFrom('frames-2', storedFrame('job-deleted-long-ago', 5));
  expect(open.reply).toMatchObject({ forget: ['job-deleted-long-ago'] });
  farm.reportFrom('frames-2', { kind: 'forgotten', job: 'job-deleted-long-ago' });
  expect(farm.state.frameServers.get('frames-2')?.forget.size).toBe(0);
});

test('a frame under way goes to the new one; delivered to the old one, it is waited for no longer', () => {
  const farm = rendering();
  const [ann, bob] = [farm.lease('ann'), farm.state];
  minutesWithoutFirst(farm, 1);
  expect(bob.leases.has(ann.id)).toBe(true);
  minutesWithoutFirst(farm, 10);
  expect(farm.job().frameServer).toBe('frames-2');
  expect(farm.frames().split(' ').slice(4)).toEqual(['leased', 'leased']);
  farm.reportFrom('frames-2', storedFrame('job-1', 5, { lease: ann.id, worker: 'ann' }));
  farm.report(storedFrame('job-1', 6, { lease: ann.id, worker: 'ann' }));
  expect(farm.frames().split(' ').slice(4)).toEqual(['done', 'waiting']);
});

test('the old one deletes what it had when it is back, and gets the job only after that', () => {
  const farm = rendering();
  farm.say({ kind: 'remove-frame-server', frameServer: 'frames-1' });
  farm.frameServer('frames-1', 'frames-1-boot2');
  expect(farm.gather().reply).toMatchObject({ forget: ['job-1'] });
  expect(() => farm.say({ kind: 'remove-frame-server', frameServer: 'frames-2' })).not.toThrow();
  expect(farm.job().frameServer).toBeNull();
  farm.report({ kind: 'forgotten', job: 'job-1' });
  farm.say({ kind: 'tick' });
  expect(farm.job().frameServer).toBe('frames-1');
});

test('one that was given up and still runs is given no job until it is started again', () => {
  const farm = rendering();
  farm.say({ kind: 'remove-frame-server', frameServer: 'frames-1' });
  farm.frameServer('frames-1', 'frames-1-boot1');
  farm.gather();
  expect(farm.state.frameServers.get('frames-1')?.reachable).toBe(false);
  farm.submit({ frames: '1-2' }, 'job-2');
  farm.say({ kind: 'tick' });
  expect(farm.job('job-2').frameServer).toBe('frames-2');
  farm.frameServer('frames-1', 'frames-1-boot2');
  expect(farm.state.frameServers.get('frames-1')?.reachable).toBe(true);
});
