import type { Worker } from '@akashganga/protocol';
import { expect, test } from 'vitest';
import { TestFarm } from './farm.fixture.ts';
import { showWorker } from './show.ts';

test('a worker that started anew has lost what it had, and its frames go out again', () => {
  const farm = TestFarm.rendering('1-3', ['wanda', 'walt'], { chunk: 3 });
  const lease = farm.lease('wanda');
  farm.beat('wanda', lease, 2);
  farm.hello('wanda', { boot: 'wanda-boot2' });
  expect(farm.frames()).toBe('waiting waiting waiting');
  expect([0, 1, 2].map((index) => farm.job().board?.failures(index))).toEqual([0, 1, 0]);
  expect(farm.lease('walt').frames).toBe('1-3');
  expect(farm.state.leases.has(lease.id)).toBe(false);
});

test('a worker that only says hello again keeps its leases', () => {
  const farm = TestFarm.rendering('1-3');
  const lease = farm.lease('wanda');
  farm.hello('wanda');
  expect(farm.state.leases.has(lease.id)).toBe(true);
  expect(farm.frames()).toBe('leased waiting waiting');
});

test('nothing is given in answer to a request of the process before', () => {
  const farm = new TestFarm();
  farm.frameServer();
  farm.hello('wanda');
  const old = farm.ask('wanda');
  farm.hello('wanda', { boot: 'wanda-boot2' });
  farm.submit();
  expect(old.reply).toEqual({ leases: [], ended: [], drain: false, wanted: [], kept: [] });
  expect(farm.state.leases.size).toBe(0);
});

test('a beat of a process that the manager does not know is answered so', () => {
  const farm = new TestFarm();
  expect(farm.beat('wanda')).toEqual({ known: false });
  farm.hello('wanda');
  expect(farm.beat('wanda')).toEqual({ known: true });
  const heartbeat = { boot: 'wanda-boot0', slots: [], delivering: [] };
  expect(farm.say({ kind: 'heartbeat', worker: 'wanda', heartbeat })).toEqual({ known: false });
});

test('the more workers there are, the longer each gathers its changes before it tells of them', () => {
  const farm = new TestFarm();
  const answers = [100, 101, 1000, 4000].map((workers) => {
    for (let count = farm.state.workers.size; count < workers; count += 1) farm.hello(`worker-${count}`);
    return farm.beat('worker-0');
  });
  expect(answers).toEqual([
    { known: true },
    { known: true, changesMs: 202 },
    { known: true, changesMs: 2000 },
    { known: true, changesMs: 3000 },
  ]);
});

test('beats show what each frame and the worker are at', () => {
  const farm = TestFarm.rendering('1-2', ['wanda'], { chunk: 2 });
  const lease = farm.lease('wanda');
  farm.beat('wanda', lease, 1);
  expect(farm.frames()).toBe('rendering leased');
  expect(farm.state.workers.get('wanda')?.state).toBe('rendering');
  const delivering = [{ job: 'job-1', lease: lease.id, frame: 1 }];
  farm.say({
    kind: 'heartbeat',
    worker: 'wanda',
    heartbeat: { boot: farm.boot('wanda'), slots: [], delivering },
  });
  expect(farm.frames()).toBe('delivering leased');
  expect(farm.state.workers.get('wanda')?.state).toBe('delivering');
});

test('a beat about a frame of another lease, a done frame or a strange job changes no frame', () => {
  const farm = TestFarm.rendering('1-2', ['wanda', 'walt']);
  const lease = farm.lease('wanda');
  const other = farm.lease('walt');
  farm.done(lease);
  farm.beat('wanda', lease, 1);
  farm.beat('wanda', { ...lease, id: other.id }, 1);
  farm.beat('wanda', { ...other, job: 'job-9' }, 2);
  farm.beat('wanda', lease, 2);
  expect(farm.frames()).toBe('done leased');
});

test('a draining worker finishes what it has and is given nothing more', () => {
  const farm = TestFarm.rendering('1-3');
  const lease = farm.lease('wanda');
  const open = farm.ask('wanda', { want: 0, holding: { [lease.id]: 1 } });
  const shown = farm.say<Worker>({ kind: 'drain', worker: 'wanda' });
  expect(shown.state).toBe('draining');
  expect(open.reply).toEqual({ leases: [], ended: [], drain: true, wanted: [], kept: [] });
  expect(farm.leases('wanda', { holding: { [lease.id]: 1 } })).toEqual([]);
  expect(farm.frames()).toBe('leased waiting waiting');
  farm.done(lease);
  expect(farm.frames()).toBe('done waiting waiting');
});

test('a draining worker stays so whatever it says, until it is woken or starts anew', () => {
  const farm = TestFarm.rendering('1-3');
  farm.say({ kind: 'drain', worker: 'wanda' });
  farm.hello('wanda');
  farm.beat('wanda');
  expect(farm.state.workers.get('wanda')?.state).toBe('draining');
  expect(farm.leases('wanda')).toEqual([]);
  farm.say({ kind: 'wake', worker: 'wanda' });
  expect(farm.state.workers.get('wanda')?.state).toBe('idle');
  expect(farm.leases('wanda')).toHaveLength(1);
  farm.say({ kind: 'drain', worker: 'wanda' });
  farm.hello('wanda', { boot: 'wanda-boot2' });
  expect(farm.leases('wanda')).toHaveLength(1);
});

test('a draining worker that was lost and comes back still drains', () => {
  const farm = TestFarm.rendering('1-3');
  farm.say({ kind: 'drain', worker: 'wanda' });
  farm.tickFor(12);
  expect(farm.state.workers.get('wanda')?.state).toBe('lost');
  farm.ask('wanda');
  expect(farm.state.workers.get('wanda')?.state).toBe('draining');
});

test('a worker that is removed gives its frames back, and its request is answered', () => {
  const farm = TestFarm.rendering('1-2', ['wanda', 'walt']);
  const lease = farm.lease('wanda');
  const open = farm.ask('wanda', { want: 0, holding: { [lease.id]: 1 } });
  expect(farm.say({ kind: 'remove-worker', worker: 'wanda' })).toEqual({ deleted: true });
  expect(open.reply?.ended).toEqual([lease.id]);
  expect(farm.frames()).toBe('waiting waiting');
  expect(farm.state.workers.has('wanda')).toBe(false);
  expect(farm.facts.at(-1)).toEqual({ kind: 'worker-removed', worker: 'wanda' });
});

test.each(['drain', 'wake', 'remove-worker'] as const)('%s of a worker nobody knows is refused', (kind) => {
  expect(() => new TestFarm().say({ kind, worker: 'wanda' })).toThrow(/no worker wanda/);
});

test('what keeps a worker from working is shown until it says that it is over', () => {
  const farm = new TestFarm();
  farm.hello('wanda');
  const problem = { code: 'disk.full', says: 'The disk is full.' };
  const beat = { boot: farm.boot('wanda'), slots: [], delivering: [] };
  const shown = () => {
    const worker = farm.state.workers.get('wanda');
    return worker ? showWorker(farm.state, worker).problem : undefined;
  };
  farm.say({ kind: 'heartbeat', worker: 'wanda', heartbeat: { ...beat, problem } });
  expect(shown()).toEqual(problem);
  farm.say({ kind: 'heartbeat', worker: 'wanda', heartbeat: beat });
  expect(shown()).toBeNull();
});
