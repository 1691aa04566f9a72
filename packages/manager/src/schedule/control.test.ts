import { FarmError, type Job, type Worker } from '@akashganga/protocol';
import { expect, test } from 'vitest';
import { TestFarm } from './farm.fixture.ts';

const GIB = 2 ** 30;

function shown(farm: TestFarm, id = 'job-1'): Job {
  return farm.say<Job>({ kind: 'change-job', job: id, change: {} });
}

function submitted(
  changes: Parameters<TestFarm['submit']>[0],
  workers: Parameters<TestFarm['hello']>[1][] = [{}],
) {
  const farm = new TestFarm();
  farm.frameServer();
  for (const [index, worker] of workers.entries()) farm.hello(`worker-${index}`, worker);
  farm.submit(changes);
  return farm;
}

test.each([
  ['memory', { memory: 16 * GIB }, { memory: 8 * GIB }, { memory: 15.6 * GIB }, /16\.0 GB of memory/],
  ['cores', { cores: 8 }, { cores: 4 }, { cores: 8 }, /8 cores/],
  ['a GPU', { gpu: 'optix' }, { gpus: ['cuda'] }, { gpus: ['cuda', 'optix'] }, /a GPU for optix/],
  ['a platform', { platform: 'darwin-arm64' }, {}, { platform: 'darwin-arm64' }, /the platform darwin-arm64/],
])(
  'a job that needs %s goes only to workers that have it, and says what it waits for',
  (_, needs, without, having, words) => {
    const farm = submitted({ needs }, [without]);
    expect(farm.leases('worker-0')).toEqual([]);
    expect(shown(farm).waitsFor).toMatch(words);
    farm.hello('worker-1', having);
    expect(farm.leases('worker-1')).toHaveLength(1);
  },
);

test('a job that asks for a graphics card goes to slots that are cards, and every other to the processor', () => {
  const farm = submitted({ settings: { device: 'gpu' } }, [{}]);
  expect(farm.leases('worker-0')).toEqual([]);
  expect(shown(farm).waitsFor).toBe('a worker with a graphics card');
  farm.hello('worker-1', { gpus: ['optix'] });
  expect(farm.leases('worker-1')).toHaveLength(1);

  const other = submitted({}, [{ gpus: ['optix'] }]);
  expect(other.leases('worker-0')).toEqual([]);
  expect(shown(other).waitsFor).toMatch(/slots of the processor/);
  other.hello('worker-1', {});
  expect(other.leases('worker-1')).toHaveLength(1);
});

test('a job has no more slots at once than it may, and each of its leases is for one', () => {
  const farm = TestFarm.rendering('1-9', ['wanda', 'walt', 'wilma'], { maxSlots: 2 });
  const first = farm.lease('wanda');
  expect(first.slots).toBe(1);
  farm.lease('walt');
  const third = farm.ask('wilma');
  expect(third.reply).toBeUndefined();
  farm.done(first);
  expect(third.reply?.leases).toHaveLength(1);
  farm.say({ kind: 'change-job', job: 'job-1', change: { maxSlots: null } });
  expect(farm.leases('wanda')).toHaveLength(1);
});

test('a job starts when its time has come', () => {
  const farm = submitted({});
  farm.say({ kind: 'change-job', job: 'job-1', change: { afterTime: farm.now + 5000 } });
  const open = farm.ask('worker-0');
  expect(open.reply).toBeUndefined();
  expect(shown(farm).waitsFor).toMatch(/time to start/);
  farm.tickFor(6, () => farm.beat('worker-0'));
  expect(open.reply?.leases).toHaveLength(1);
  expect(farm.job().afterTime).toBeNull();
});

test('a job starts after another, and says so when that one failed', () => {
  const farm = TestFarm.rendering('1', ['wanda']);
  farm.submit({ afterJob: 'job-1', frames: '1' }, 'job-2');
  expect(shown(farm, 'job-2').waitsFor).toBe('job job-1');
  farm.fail('wanda', farm.lease('wanda'), 1, 'render.python-error');
  expect(shown(farm, 'job-2').waitsFor).toMatch(/job-1, which failed/);
  farm.say({ kind: 'retry', job: 'job-1', frames: null });
  farm.done(farm.lease('wanda'));
  farm.gather();
  farm.film('job-1', 1);
  farm.tickFor(1, () => farm.beat('wanda'));
  expect(farm.lease('wanda').job).toBe('job-2');
});

test('a job cannot start after one that nobody knows', () => {
  const farm = new TestFarm();
  expect(() => farm.submit({ afterJob: 'job-9' })).toThrow(/no job job-9/);
});

test('a job that is paused at once gives its frames back, and their renderers stop', () => {
  const farm = TestFarm.rendering('1-3');
  const lease = farm.lease('wanda');
  farm.beat('wanda', lease, 1);
  const open = farm.ask('wanda', { want: 0, holding: { [lease.id]: 1 } });
  farm.say({ kind: 'pause', job: 'job-1', isAtOnce: true });
  expect(open.reply?.ended).toEqual([lease.id]);
  expect(farm.frames()).toBe('waiting waiting waiting');
  expect(farm.job().board?.failures(0)).toBe(0);
});

test('tags and needs can be changed while a job waits', () => {
  const farm = submitted({ tags: ['gpu'] });
  const open = farm.ask('worker-0');
  farm.say({ kind: 'change-job', job: 'job-1', change: { needs: { cores: 99 } } });
  farm.say({ kind: 'change-job', job: 'job-1', change: { tags: [] } });
  expect(open.reply).toBeUndefined();
  farm.say({ kind: 'change-job', job: 'job-1', change: { needs: {} } });
  expect(open.reply?.leases).toHaveLength(1);
});

test('a worker can be given other tags than its own', () => {
  const farm = submitted({ tags: ['gpu'] });
  const open = farm.ask('worker-0');
  const worker = farm.say<Worker>({ kind: 'change-worker', worker: 'worker-0', settings: { tags: ['gpu'] } });
  expect(worker.tags).toEqual(['gpu']);
  expect(open.reply?.leases).toHaveLength(1);
});

test('a worker sleeps in its hours, gives back what it has not begun, and wakes for work', () => {
  const farm = TestFarm.rendering('1-4', ['wanda'], { chunk: 3 });
  const lease = farm.lease('wanda');
  farm.beat('wanda', lease, 1);
  const open = farm.ask('wanda', { want: 0, holding: { [lease.id]: 3 } });
  farm.say({ kind: 'change-worker', worker: 'wanda', settings: { sleep: '0:00-24:00' } });
  expect(farm.state.workers.get('wanda')?.state).toBe('asleep');
  expect(open.reply).toMatchObject({ leases: [], wanted: [{ lease: lease.id, frames: '2-3' }] });
  expect(farm.leases('wanda', { holding: { [lease.id]: 1 } })).toEqual([]);
  farm.done(lease, 1);
  expect(shown(farm).waitsFor).toBeNull();
  farm.update('wanda', { kind: 'lease-returned', lease: lease.id, frames: '2-3' });
  expect(shown(farm).waitsFor).toMatch(/asleep, draining or sick/);
  farm.say({ kind: 'wake', worker: 'wanda' });
  expect(farm.lease('wanda').frames).toBe('2-4');
});

test('a worker that was woken by hand stays awake until its hours are over', () => {
  const farm = TestFarm.rendering('1-4');
  farm.say({ kind: 'change-worker', worker: 'wanda', settings: { sleep: '0:00-24:00' } });
  farm.say({ kind: 'wake', worker: 'wanda' });
  farm.tickFor(70, () => farm.beat('wanda'));
  expect(farm.state.workers.get('wanda')?.state).toBe('idle');
});

test('hours that make no sense are refused and change nothing', () => {
  const farm = TestFarm.rendering('1');
  const say = () => farm.say({ kind: 'change-worker', worker: 'wanda', settings: { sleep: 'at night' } });
  expect(say).toThrow(FarmError);
  expect(farm.state.workers.get('wanda')?.settings.sleep).toBeNull();
});

test('a worker that works only while nobody uses it sleeps as soon as somebody does', () => {
  const farm = TestFarm.rendering('1-4');
  farm.say({ kind: 'change-worker', worker: 'wanda', settings: { onlyWhenIdle: true } });
  const beat = (inUse: boolean) =>
    farm.say({
      kind: 'heartbeat',
      worker: 'wanda',
      heartbeat: { boot: farm.boot('wanda'), slots: [], delivering: [], inUse },
    });
  beat(true);
  expect(farm.state.workers.get('wanda')?.state).toBe('asleep');
  expect(farm.leases('wanda')).toEqual([]);
  beat(false);
  expect(farm.leases('wanda')).toHaveLength(1);
});

test('a job that no worker can take says which one is nearest, and what that one lacks', () => {
  const farm = new TestFarm();
  farm.frameServer();
  farm.hello('small', { memory: 8e9, cores: 4, tags: ['gpu'] });
  farm.hello('large', { memory: 64e9, cores: 8 });
  farm.submit({ needs: { memory: 32e9, cores: 16 } });
  expect(shown(farm).waitsFor).toBe(
    'a worker with 29.8 GB of memory and 16 cores; nearest is large (59.6 GB, 8 cores), which lacks 16 cores',
  );
  farm.submit({ tags: ['gpu', 'fast'] }, 'job-2');
  expect(shown(farm, 'job-2').waitsFor).toBe('a worker with the tags gpu, fast; small lacks only fast');
});

test('a worker with problems of its own with three jobs is sick, is given nothing, and is forgiven in time', () => {
  const farm = TestFarm.rendering('1-9', ['wanda', 'walt'], { chunk: 1 });
  farm.fail('wanda', farm.lease('wanda'), 1, 'machine.gpu-failed');
  for (const job of ['job-2', 'job-3']) {
    farm.submit({ frames: '1-9', priority: 90, chunk: 1 }, job);
    farm.probe('walt');
    farm.fail('wanda', farm.lease('wanda'), 1, 'machine.gpu-failed');
    farm.say({ kind: 'pause', job });
  }
  expect(farm.state.workers.get('wanda')).toMatchObject({ state: 'sick' });
  expect(farm.leases('wanda')).toEqual([]);
  farm.hello('wanda', { boot: 'wanda-boot2' });
  expect(farm.state.workers.get('wanda')?.state).toBe('sick');
  farm.tickFor(30 * 60 + 60, () => {
    farm.beat('wanda');
    farm.beat('walt');
    farm.gather();
  });
  expect(farm.leases('wanda')).toHaveLength(1);
});

test('a sick worker is forgiven by command, and so is one that a job avoids', () => {
  const farm = TestFarm.rendering('1-9', ['wanda', 'walt']);
  farm.fail('wanda', farm.lease('wanda'), 1, 'machine.gpu-failed');
  farm.fail('wanda', farm.lease('wanda'), 1, 'machine.gpu-failed');
  const open = farm.ask('wanda');
  expect(open.reply).toBeUndefined();
  farm.say({ kind: 'forgive', worker: 'wanda' });
  expect(open.reply?.leases).toHaveLength(1);
});

test('a job that waits because its workers are left out says so, and they are tried again after ten minutes', () => {
  const farm = TestFarm.rendering('1-9', ['wanda', 'walt']);
  farm.fail('wanda', farm.lease('wanda'), 1, 'machine.gpu-failed');
  farm.fail('wanda', farm.lease('wanda'), 1, 'machine.gpu-failed');
  farm.tickFor(10, () => farm.beat('wanda'));
  expect(farm.state.workers.get('walt')?.state).toBe('lost');
  expect(shown(farm).waitsFor).toMatch(/another worker: wanda had problems with it/);
  const open = farm.ask('wanda');
  farm.tickFor(660, () => {
    farm.beat('wanda');
    farm.gather();
  });
  expect(open.reply?.leases).toHaveLength(1);
});

test('a frame for which the memory did not last is rendered alone, and then on a larger computer', () => {
  const farm = TestFarm.rendering('1-4', ['wanda'], { chunk: 1 });
  farm.hello('wanda', { slots: 2, memory: 8 * GIB });
  farm.hello('walt', { memory: 64 * GIB });
  const [one, two] = farm.leases('wanda', { want: 2 });
  farm.fail('wanda', one!, 1, 'capacity.memory');
  expect(farm.job().aloneUpTo).toBe(8 * GIB);
  // Not beside the other one.
  expect(farm.leases('wanda', { holding: { [two!.id]: 1 } })).toEqual([]);
  farm.done(two!);
  const alone = farm.lease('wanda');
  expect(alone).toMatchObject({ frames: '1', slots: 1 });
  expect(farm.leases('wanda', { holding: { [alone.id]: 1 } })).toEqual([]);
  farm.fail('wanda', alone, 1, 'capacity.memory');
  expect(farm.job()).toMatchObject({ state: 'active', tooSmall: 8 * GIB });
  expect(farm.leases('wanda')).toEqual([]);
  expect(farm.lease('walt').frames).toBe('1');
});

test('a job for which no computer of the farm is large enough says so and ends', () => {
  const farm = TestFarm.rendering('1-2');
  farm.fail('wanda', farm.lease('wanda'), 1, 'capacity.memory');
  expect(farm.job()).toMatchObject({ state: 'failed', problem: { code: 'capacity.memory' } });
});

test('what people do is in the history, and what workers do is not', () => {
  const farm = TestFarm.rendering('1-2');
  farm.say({ kind: 'set-priority', job: 'job-1', priority: 70, by: 'asha@studio' });
  farm.say({ kind: 'drain', worker: 'wanda' });
  expect(() => farm.say({ kind: 'resume', job: 'job-1', by: 'asha@studio' })).toThrow();
  const changes = farm.facts.flatMap((fact) => (fact.kind === 'change' ? [fact.change] : []));
  expect(changes.map((change) => [change.what, change.by, change.job, change.worker])).toEqual([
    ['submit', 'unknown', 'job-1', null],
    ['set-priority', 'asha@studio', 'job-1', null],
    ['drain', 'unknown', null, 'wanda'],
  ]);
  expect(changes[1]?.detail).toEqual({ priority: 70 });
});

test('a job without frames leaves a frame server that is gone, one with frames waits for it', () => {
  const farm = TestFarm.rendering('1-2', ['wanda']);
  farm.done(farm.lease('wanda'));
  farm.submit({}, 'job-2');
  farm.frameServer('frames-2');
  farm.tickFor(41, () => {
    farm.beat('wanda');
    const entry = farm.state.frameServers.get('frames-2');
    if (entry) entry.seenAt = farm.now;
  });
  expect(farm.job('job-2').frameServer).toBe('frames-2');
  expect(farm.job().frameServer).toBe('frames-1');
  expect(shown(farm).waitsFor).toMatch(/frame server frames-1, which does not answer/);
});

test('the time left follows what neighbouring frames took, and tells how sure it is', () => {
  const farm = TestFarm.rendering('1-100', ['wanda'], { chunk: 1 });
  for (let frame = 1; frame <= 50; frame += 1) {
    const lease = farm.lease('wanda');
    farm.later(frame * 100);
    farm.done(lease, undefined, frame * 0.1);
  }
  const { secondsLeft, secondsLeftRange } = shown(farm);
  expect(secondsLeft).toBeGreaterThan(200);
  expect(secondsLeft).toBeLessThan(450);
  expect(secondsLeftRange?.low).toBeLessThan(secondsLeft ?? 0);
  expect(secondsLeftRange?.high).toBeGreaterThan(secondsLeft ?? 0);
});
