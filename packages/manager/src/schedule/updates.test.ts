import { FarmError } from '@akashganga/protocol';
import { expect, test } from 'vitest';
import { probeReport, problem, TestFarm } from './farm.fixture.ts';

function submitted(changes: Parameters<TestFarm['submit']>[0] = {}): TestFarm {
  const farm = new TestFarm();
  farm.frameServer();
  farm.hello('wanda');
  farm.submit(changes);
  return farm;
}

test('a submitted job is probed once and is active then, with the range and the rate of its scene', () => {
  const farm = submitted();
  expect(farm.job().state).toBe('queued');
  const [lease] = farm.leases('wanda', { want: 5 });
  expect(lease).toMatchObject({ kind: 'probe', frames: null, expect: null, frameServer: null });
  farm.hello('walt');
  expect(farm.leases('walt')).toEqual([]);
  const report = probeReport({ frameStart: -3, frameEnd: 5, frameStep: 2, fps: 30, fpsBase: 1.001 });
  farm.update('wanda', { kind: 'probed', lease: lease!.id, report });
  expect(farm.job()).toMatchObject({ state: 'active', frameSpec: '-3-5x2', startedAt: farm.now });
  expect(farm.job().film).toMatchObject({ rate: { fps: 30, base: 1.001 }, state: 'none' });
  expect(farm.job().leases.size).toBe(1);
});

test('the frames and the rate that were asked for come before those of the scene', () => {
  const farm = submitted({ frames: '7,1-3', fps: 12 });
  farm.probe('wanda', probeReport({ frameStart: 9, frameEnd: 2 }));
  expect(farm.job()).toMatchObject({ state: 'active', frameSpec: '1-3,7' });
  expect(farm.job().film.rate).toEqual({ fps: 12, base: 1 });
});

test.each([
  ['an empty range', { frameStart: 10, frameEnd: 9 }, 'scene.no-frames'],
  ['no camera', { camera: null }, 'scene.no-camera'],
  ['missing files', { missing: [{ kind: 'image', name: 'wood', path: '//wood.png' }] }, 'scene.missing-file'],
  ['a range beyond what Blender can', { frameEnd: 2_000_000 }, 'scene.unreadable'],
])('a scene with %s ends its job with words about it', (_, changes, code) => {
  const farm = submitted();
  farm.probe('wanda', probeReport(changes));
  expect(farm.job()).toMatchObject({ state: 'failed', problem: { code } });
  expect(farm.job().leases.size).toBe(0);
  expect(farm.leases('wanda')).toEqual([]);
});

test('missing files are borne when the job says so', () => {
  const farm = submitted({ settings: { allowMissing: true } });
  farm.probe('wanda', probeReport({ missing: [{ kind: 'image', name: 'wood', path: '//wood.png' }] }));
  expect(farm.job().state).toBe('active');
});

test('an empty range of the scene does not matter to a job that asks for its own frames', () => {
  const farm = submitted({ frames: '3' });
  farm.probe('wanda', probeReport({ frameStart: 10, frameEnd: 9 }));
  expect(farm.job().state).toBe('active');
});

test('frames that make no sense are refused when they are submitted', () => {
  const farm = new TestFarm();
  expect(() => farm.submit({ frames: '1-' })).toThrow(
    expect.objectContaining({ code: 'frames.bad-spec' }) as FarmError,
  );
  expect(farm.state.jobs.size).toBe(0);
});

test('the same job submitted twice is one job', () => {
  const farm = submitted({ name: 'First' });
  expect(farm.submit({ name: 'Second' }).name).toBe('First');
  expect(farm.state.jobs.size).toBe(1);
});

test('a scene that Blender cannot read ends its job at once', () => {
  const farm = submitted();
  const lease = farm.lease('wanda');
  farm.update('wanda', { kind: 'probe-failed', lease: lease.id, problem: problem('scene.unreadable') });
  expect(farm.job()).toMatchObject({ state: 'failed', problem: { code: 'scene.unreadable' } });
});

test('a probe that fails on one worker twice is tried on another, and the job ends when none is left', () => {
  const farm = submitted();
  farm.hello('walt');
  for (const worker of ['wanda', 'wanda']) {
    const lease = farm.lease(worker);
    farm.update(worker, {
      kind: 'probe-failed',
      lease: lease.id,
      problem: problem('machine.blender-failed'),
    });
  }
  expect(farm.job().state).toBe('queued');
  expect(farm.leases('wanda')).toEqual([]);
  for (const worker of ['walt', 'walt']) {
    const lease = farm.lease(worker);
    farm.update(worker, {
      kind: 'probe-failed',
      lease: lease.id,
      problem: problem('machine.blender-failed'),
    });
  }
  expect(farm.job()).toMatchObject({ state: 'failed', problem: { code: 'machine.blender-failed' } });
});

test('a probe whose Blender is killed or crashes is tried three times, also on the only worker, and blames nobody', () => {
  const farm = submitted();
  for (let turn = 1; turn <= 3; turn += 1) {
    expect(farm.job().state).toBe('queued');
    const lease = farm.lease('wanda');
    farm.update('wanda', { kind: 'probe-failed', lease: lease.id, problem: problem('render.killed') });
  }
  expect(farm.job()).toMatchObject({ state: 'failed', problem: { code: 'render.killed' } });
  farm.say({ kind: 'retry', job: 'job-1', frames: null });
  const lease = farm.lease('wanda');
  farm.update('wanda', { kind: 'probe-failed', lease: lease.id, problem: problem('render.crashed') });
  farm.probe('wanda', probeReport({}));
  expect(farm.job().state).toBe('active');
});

test('a job that failed in its probe is probed again when it is retried, also after the manager started again', () => {
  const farm = submitted();
  farm.probe('wanda', probeReport({ camera: null }));
  farm.say({ kind: 'retry', job: 'job-1', frames: null });
  expect(farm.job()).toMatchObject({ state: 'queued', problem: null });
  const last = farm.facts.filter((fact) => fact.kind === 'job').at(-1);
  expect(last?.head.state).toBe('queued');
  expect(farm.lease('wanda').kind).toBe('probe');
});

test('an update that was sent twice counts once', () => {
  const farm = TestFarm.rendering('1-2');
  const lease = farm.lease('wanda');
  const update = {
    ...{ kind: 'frame-failed' as const, seq: 2, lease: lease.id, job: 'job-1', frame: 1 },
    ...{ problem: problem('render.crashed'), seconds: 1, log: '' },
  };
  const batch = { boot: farm.boot('wanda'), updates: [update] };
  expect(farm.say({ kind: 'updates', worker: 'wanda', batch })).toEqual({ accepted: 2 });
  expect(farm.say({ kind: 'updates', worker: 'wanda', batch })).toEqual({ accepted: 2 });
  expect(farm.job().board?.failures(0)).toBe(1);
  expect(farm.facts.filter((fact) => fact.kind === 'attempt')).toHaveLength(1);
});

test('updates that the boot before left behind change nothing and do not hide those of this boot', () => {
  const farm = TestFarm.rendering('1-2');
  const old = farm.lease('wanda');
  const oldBoot = farm.boot('wanda');
  farm.hello('wanda', { boot: 'wanda-boot2' });
  const stale = {
    ...{ kind: 'frame-failed' as const, seq: 90, lease: old.id, job: 'job-1', frame: 1 },
    ...{ problem: problem('render.crashed'), seconds: 1, log: '' },
  };
  const batch = { boot: oldBoot, updates: [stale] };
  expect(farm.say({ kind: 'updates', worker: 'wanda', batch })).toEqual({ accepted: 90 });
  expect(farm.job().board?.failures(0)).toBe(0);
  const lease = farm.lease('wanda');
  farm.fail('wanda', lease, 1);
  expect(farm.job().board?.failures(0)).toBe(1);
});

test('an update about the lease of another worker changes nothing', () => {
  const farm = TestFarm.rendering('1-2', ['wanda', 'walt']);
  const lease = farm.lease('wanda');
  farm.fail('walt', lease, 1);
  expect(farm.job().board?.failures(0)).toBe(0);
  expect(farm.frames()).toBe('leased waiting');
});

test('a worker that was to render cannot say that the scene was examined, or could not be', () => {
  const farm = TestFarm.rendering('1-2', ['wanda', 'walt']);
  const lease = farm.lease('wanda');
  farm.update('wanda', { kind: 'probed', lease: lease.id, report: probeReport({ frameEnd: 99 }) });
  const why = { kind: 'probe-failed' as const, lease: lease.id, problem: problem('scene.unreadable') };
  farm.update('wanda', why);
  expect(farm.job()).toMatchObject({ state: 'active', frameSpec: '1-2' });
  expect(farm.frames()).toBe('leased waiting');
});

test('a worker cannot speak of the frames of another, whose lease it guessed', () => {
  const farm = TestFarm.rendering('1-2', ['wanda', 'walt']);
  const lease = farm.lease('wanda');
  farm.beat('walt', lease, 1);
  expect(farm.frames()).toBe('leased waiting');
  farm.beat('wanda', lease, 1);
  expect(farm.frames()).toBe('rendering waiting');
});

test('frames that a worker gives back go to another, and the rest of the lease stays', () => {
  const farm = TestFarm.rendering('1-6', ['wanda', 'walt'], { chunk: 4 });
  const lease = farm.lease('wanda');
  expect(lease.frames).toBe('1-4');
  farm.update('wanda', { kind: 'lease-returned', lease: lease.id, frames: '3-4,99' });
  expect(farm.frames()).toBe('leased leased waiting waiting waiting waiting');
  expect(farm.lease('walt').frames).toBe('3-6');
  const narrowed = farm.facts.filter((fact) => fact.kind === 'lease-narrowed');
  expect(narrowed).toEqual([{ kind: 'lease-narrowed', lease: lease.id, frames: [1, 2] }]);
  farm.update('wanda', { kind: 'lease-returned', lease: lease.id, frames: null });
  expect(farm.frames()).toBe('waiting waiting leased leased leased leased');
});

test('an update that makes no sense does not stop those behind it', () => {
  const farm = TestFarm.rendering('1-2', ['wanda'], { chunk: 2 });
  const lease = farm.lease('wanda');
  farm.update(
    'wanda',
    { kind: 'lease-returned', lease: lease.id, frames: 'all of them' },
    { kind: 'lease-returned', lease: 'lease-of-nobody', frames: null },
    { kind: 'lease-returned', lease: lease.id, frames: '2' },
  );
  expect(farm.frames()).toBe('leased waiting');
});

test('updates of a worker that nobody knows are refused', () => {
  const farm = TestFarm.rendering('1');
  farm.say({ kind: 'remove-worker', worker: 'wanda' });
  expect(() => farm.update('wanda', { kind: 'lease-returned', lease: 'lease-1', frames: null })).toThrow(
    FarmError,
  );
});
