import { parseFrames } from '@akashganga/protocol';
import { expect, test } from 'vitest';
import { newJob, probeReport, TestFarm } from './farm.fixture.ts';
import { leaseLength } from './hand-out.ts';

/** Lets the workers take turns until nobody gets anything; gives all frames that were leased, in that order. */
function leaseAll(farm: TestFarm, workers: readonly string[], holding = new Map<string, string[]>()) {
  const frames: number[] = [];
  for (let quiet = 0; quiet < workers.length; ) {
    quiet = 0;
    for (const worker of workers) {
      const held = holding.get(worker) ?? [];
      holding.set(worker, held);
      const open = farm.ask(worker, { holding: Object.fromEntries(held.map((id) => [id, 1])) });
      if (!open.reply) {
        farm.say({ kind: 'ask-over', worker, ask: open.request });
        quiet += 1;
        continue;
      }
      for (const lease of open.reply.leases) {
        held.push(lease.id);
        frames.push(...parseFrames(lease.frames ?? ''));
      }
    }
  }
  return frames;
}

test.each([1, 2, 50])('%i workers are given every frame exactly once', (count) => {
  const workers = Array.from({ length: count }, (_, index) => `worker-${index}`);
  const farm = TestFarm.rendering('1-137', workers);
  const frames = leaseAll(farm, workers);
  expect([...frames].sort((a, b) => a - b)).toEqual(Array.from({ length: 137 }, (_, index) => index + 1));
});

test('a lease tells all that a worker needs', () => {
  const farm = TestFarm.rendering('5-6', ['wanda'], {
    settings: { samples: 16 },
    slowMotion: true,
    chunk: 2,
  });
  expect(farm.lease('wanda')).toEqual({
    ...{
      id: expect.any(String),
      job: 'job-1',
      kind: 'render',
      frames: '5-6',
      replace: false,
      mix: null,
      pass: '',
      double: false,
      slots: null,
      verify: null,
    },
    ...{
      scene: newJob().scene,
      settings: { samples: 16 },
      order: 'any',
      slowMotion: true,
      kept: false,
      frameSeconds: null,
    },
    expect: { width: 64, height: 48, extension: '.png', channels: 3, depth: 8 },
    ...{ frameServer: 'http://10.0.0.5:8082', build: null },
  });
});

test('a request that finds no work is answered at once when work comes', () => {
  const farm = new TestFarm();
  farm.frameServer();
  farm.hello('wanda');
  const open = farm.ask('wanda');
  expect(open.reply).toBeUndefined();
  farm.submit();
  expect(open.reply?.leases).toMatchObject([{ kind: 'probe', job: 'job-1' }]);
});

test('a lease whose answer was lost is sent again, and no second one for its frames', () => {
  const farm = TestFarm.rendering('1-9');
  const lost = farm.lease('wanda');
  const again = farm.lease('wanda');
  expect(again).toEqual(lost);
  expect(farm.state.leases.size).toBe(1);
  expect(farm.lease('wanda', { [lost.id]: 1 }).frames).toBe('2');
});

test('of a lost lease only the frames that are still to be rendered are sent again', () => {
  const farm = TestFarm.rendering('1-4', ['wanda'], { chunk: 4 });
  const lease = farm.lease('wanda');
  farm.done(lease, 2);
  expect(farm.lease('wanda')).toMatchObject({ id: lease.id, frames: '1,3-4' });
});

test('a new request takes the place of the one that is open', () => {
  const farm = new TestFarm();
  farm.hello('wanda');
  const first = farm.ask('wanda');
  const second = farm.ask('wanda');
  expect(first.reply).toEqual({ leases: [], ended: [], drain: false, wanted: [], kept: [] });
  expect(second.reply).toBeUndefined();
  farm.say({ kind: 'ask-over', worker: 'wanda', ask: first.request });
  expect(second.reply).toBeUndefined();
  farm.say({ kind: 'ask-over', worker: 'wanda', ask: second.request });
  expect(second.reply).toEqual({ leases: [], ended: [], drain: false, wanted: [], kept: [] });
});

test('a request of a process that is gone, or of a worker nobody knows, is refused', () => {
  const farm = new TestFarm();
  farm.hello('wanda');
  const ask = { boot: 'wanda-boot0', holding: [], want: 1, idle: 1 };
  expect(() => farm.say({ kind: 'ask', worker: 'wanda', ask })).toThrow(/no worker wanda/);
  expect(() => farm.say({ kind: 'ask', worker: 'walt', ask })).toThrow(/no worker walt/);
});

test('a worker with several idle slots is given a lease for each in one answer', () => {
  const farm = TestFarm.rendering('1-9');
  farm.hello('walt', { slots: 3 });
  expect(farm.leases('walt', { want: 4, idle: 3 }).map((lease) => lease.frames)).toEqual([
    '1',
    '2',
    '3',
    '4',
  ]);
});

test('the next lease is given early while there is plenty, but the last frames are for idle slots', () => {
  const farm = TestFarm.rendering('1-4', ['wanda', 'walt', 'wilma']);
  const first = farm.lease('wanda');
  const early = farm.leases('wanda', { want: 1, idle: 0, holding: { [first.id]: 1 } });
  expect(early.map((lease) => lease.frames)).toEqual(['2']);
  const held = { [first.id]: 1, [early[0]!.id]: 1 };
  expect(farm.leases('wanda', { want: 1, idle: 0, holding: held })).toEqual([]);
  expect(farm.lease('walt').frames).toBe('3');
  expect(farm.lease('wilma').frames).toBe('4');
});

test('an idle slot comes before one that only wants its next lease early', () => {
  const farm = TestFarm.rendering('1-4', ['wanda', 'walt', 'wilma']);
  const leases = ['wanda', 'walt', 'wilma'].map((worker) => farm.lease(worker));
  farm.say({ kind: 'pause', job: 'job-1' });
  const early = farm.ask('wanda', { want: 1, idle: 0, holding: { [leases[0]!.id]: 1 } });
  farm.hello('wim');
  const idle = farm.ask('wim');
  expect([early.reply, idle.reply]).toEqual([undefined, undefined]);
  farm.say({ kind: 'resume', job: 'job-1' });
  expect(idle.reply?.leases.map((lease) => lease.frames)).toEqual(['4']);
  expect(early.reply).toBeUndefined();
});

test('a lease is as long as thirty seconds of frames, and shorter towards the end', () => {
  const job = (frameSeconds: number | null, chunk: number | null = null) => ({ frameSeconds, chunk });
  expect(leaseLength(job(null), 1000, 2)).toBe(1);
  expect(leaseLength(job(1), 1000, 2)).toBe(30);
  expect(leaseLength(job(300), 1000, 2)).toBe(1);
  expect(leaseLength(job(1), 40, 2)).toBe(10);
  expect(leaseLength(job(1), 3, 2)).toBe(1);
  expect(leaseLength(job(0), 1_000_000, 1)).toBe(1000);
  expect(leaseLength(job(1, 7), 3, 2)).toBe(7);
  expect([leaseLength(job(0.1), 3, 2, 2), leaseLength(job(5), 3, 2, 2)]).toEqual([20, 1]);
});

test('where another job waits, a lease of short frames is two seconds long to its end', () => {
  const workers = ['wanda', ...Array.from({ length: 9 }, (_, at) => `other-${at}`)];
  const farm = TestFarm.rendering('1-100', workers);
  farm.done(farm.lease('wanda'), undefined, 0.1);
  expect(farm.lease('wanda').frames).toBe('2-6');
  farm.submit({ frames: '1-100', priority: 60 }, 'job-2');
  const probe = farm.lease('other-0');
  farm.update('other-0', { kind: 'probed', lease: probe.id, report: probeReport() });
  farm.say({ kind: 'set-priority', job: 'job-2', priority: 40 });
  expect(farm.lease('other-1')).toMatchObject({ job: 'job-1', frames: '7-26' });
});

test('leases grow when the frames turn out to be short', () => {
  const farm = TestFarm.rendering('1-1000');
  farm.done(farm.lease('wanda'), undefined, 0.1);
  expect(farm.lease('wanda').frames).toBe('2-301');
});

test('the job with the higher priority is served first, then the older one', () => {
  const farm = TestFarm.rendering('1-9');
  farm.submit({ frames: '1-9', priority: 80 }, 'job-2');
  farm.submit({ frames: '1-9' }, 'job-3');
  expect(farm.lease('wanda').job).toBe('job-2');
});

test('a changed priority counts for the next lease', () => {
  const farm = TestFarm.rendering('1-9', ['wanda', 'walt']);
  farm.submit({ frames: '1-9' }, 'job-2');
  farm.say({ kind: 'set-priority', job: 'job-2', priority: 99 });
  expect(farm.lease('walt')).toMatchObject({ job: 'job-2', kind: 'probe' });
  farm.say({ kind: 'set-priority', job: 'job-2', priority: 0 });
  expect(farm.lease('wanda').job).toBe('job-1');
});

test('a job with tags goes only to workers that have them all', () => {
  const farm = new TestFarm();
  farm.frameServer();
  farm.hello('wanda', { tags: ['gpu'] });
  farm.hello('walt', { tags: ['gpu', 'fast', 'new'] });
  farm.submit({ tags: ['gpu', 'fast'] });
  expect(farm.leases('wanda')).toEqual([]);
  expect(farm.leases('walt')).toHaveLength(1);
});

test('a job waits for a frame server, and says so', () => {
  const farm = new TestFarm();
  farm.hello('wanda');
  const shown = farm.submit();
  expect(shown.waitsFor).toMatch(/frame server/);
  const open = farm.ask('wanda');
  expect(open.reply).toBeUndefined();
  farm.frameServer();
  expect(open.reply?.leases).toHaveLength(1);
  expect(farm.job().frameServer).toBe('frames-1');
});

test('jobs are shared out over the frame servers that answer', () => {
  const farm = new TestFarm();
  farm.frameServer('frames-1');
  farm.frameServer('frames-2');
  farm.frameServer('frames-3');
  const entry = farm.state.frameServers.get('frames-3');
  if (entry) entry.reachable = false;
  for (const id of ['job-1', 'job-2', 'job-3', 'job-4']) farm.submit({}, id);
  const chosen = ['job-1', 'job-2', 'job-3', 'job-4'].map((id) => farm.job(id).frameServer);
  expect(chosen).toEqual(['frames-1', 'frames-2', 'frames-1', 'frames-2']);
});

test('a scene newer than every Blender of the farm ends its job with words about it', () => {
  const farm = new TestFarm();
  farm.frameServer();
  farm.hello('wanda');
  farm.submit({ scene: { ...newJob().scene, blender: '5.0' } });
  expect(farm.leases('wanda')).toEqual([]);
  expect(farm.job()).toMatchObject({ state: 'failed', problem: { code: 'scene.newer-blender' } });
  expect(farm.job().problem?.says).toMatch(/5\.0.*3\.4\.1/);
});

test('a scene that another worker of the farm can open waits for that one', () => {
  const farm = new TestFarm();
  farm.frameServer();
  farm.hello('wanda');
  farm.hello('walt', { blenders: [{ version: '5.0.1', path: '/opt/blender' }] });
  farm.submit({ scene: { ...newJob().scene, blender: '5.0' } });
  expect(farm.leases('wanda')).toEqual([]);
  expect(farm.job().state).toBe('queued');
  expect(farm.leases('walt')).toHaveLength(1);
});

test('a job that nobody here may render does not stand before one that somebody may', () => {
  const farm = new TestFarm();
  farm.frameServer();
  farm.hello('wanda');
  farm.submit({ tags: ['gpu'], priority: 99 }, 'job-1');
  farm.submit({}, 'job-2');
  expect(farm.lease('wanda').job).toBe('job-2');
});

test('while a job is probed the worker takes frames of the next one', () => {
  const farm = TestFarm.rendering('1-9', ['wanda', 'walt']);
  farm.submit({ priority: 99 }, 'job-2');
  const probe = farm.lease('wanda');
  expect(probe).toMatchObject({ job: 'job-2', kind: 'probe' });
  expect(farm.lease('walt')).toMatchObject({ job: 'job-1', kind: 'render' });
  farm.update('wanda', { kind: 'probed', lease: probe.id, report: probeReport() });
  expect(farm.lease('wanda')).toMatchObject({ job: 'job-2', kind: 'render' });
});
