import { type Job, jobStates, move } from '@akashganga/protocol';
import { expect, test } from 'vitest';
import { newJob, probeReport, storedFrame, TestFarm } from './farm.fixture.ts';

const states = ['queued', 'active', 'paused', 'completed', 'failed', 'canceled'] as const;

/** A farm with a job of three frames in this state, reached the usual way. */
function farmWith(state: Job['state']): TestFarm {
  if (state === 'queued') {
    const farm = new TestFarm();
    farm.frameServer();
    farm.hello('wanda');
    farm.submit({ frames: '1-3' });
    return farm;
  }
  const farm = TestFarm.rendering('1-3');
  if (state === 'paused') farm.say({ kind: 'pause', job: 'job-1' });
  if (state === 'canceled') farm.say({ kind: 'cancel', job: 'job-1' });
  if (state === 'failed') farm.fail('wanda', farm.lease('wanda'), 1, 'render.python-error');
  if (state === 'completed') {
    farm.gather();
    farm.renderAll('wanda');
    farm.film('job-1', 3);
  }
  expect(farm.job().state).toBe(state);
  return farm;
}

const acts = ['pause', 'resume', 'cancel'] as const;
test.each(states.flatMap((state) => acts.map((act) => [act, state] as const)))(
  '%s does to a job that is %s what the table says',
  (act, state) => {
    const farm = farmWith(state);
    const next = move(jobStates, state, act);
    if (next === null) expect(() => farm.say({ kind: act, job: 'job-1' })).toThrow(`Job job-1 is ${state}`);
    else {
      const shown = farm.say<Job>({ kind: act, job: 'job-1' });
      expect(shown.state).toBe(act === 'resume' ? 'active' : next);
    }
    expect(farm.job().state).toBe(next === null ? state : act === 'resume' ? 'active' : next);
    expect(farm.state.open.includes(farm.job())).toBe(['queued', 'active'].includes(farm.job().state));
  },
);

test.each(states)('a job that is %s can be deleted, and nothing of it is left', (state) => {
  const farm = farmWith(state);
  const held = state === 'active' ? farm.lease('wanda') : null;
  const open = farm.ask('wanda', { want: 0, holding: held ? { [held.id]: 1 } : {} });
  expect(farm.say({ kind: 'delete', job: 'job-1' })).toEqual({ deleted: true });
  expect([farm.state.jobs.size, farm.state.open.length, farm.state.leases.size]).toEqual([0, 0, 0]);
  expect(open.reply?.ended).toEqual(held ? [held.id] : undefined);
  expect(farm.facts.at(-1)).toEqual({ kind: 'job-deleted', job: 'job-1', frameServer: 'frames-1' });
  expect(() => farm.say({ kind: 'delete', job: 'job-1' })).toThrow(/no job job-1/);
});

test.each(states)('the priority of a job that is %s can be changed', (state) => {
  const farm = farmWith(state);
  expect(farm.say<Job>({ kind: 'set-priority', job: 'job-1', priority: 77 }).priority).toBe(77);
  expect(farm.state.open.includes(farm.job())).toBe(state === 'queued' || state === 'active');
});

test.each(['pause', 'resume', 'cancel', 'delete'] as const)('%s of an unknown job is refused', (kind) => {
  expect(() => new TestFarm().say({ kind, job: 'job-9' })).toThrow(/no job job-9/);
});

test('a paused job finishes what is under way and hands out nothing more', () => {
  const farm = TestFarm.rendering('1-3');
  const lease = farm.lease('wanda');
  farm.say({ kind: 'pause', job: 'job-1' });
  expect(farm.leases('wanda', { holding: { [lease.id]: 1 } })).toEqual([]);
  expect(farm.state.leases.has(lease.id)).toBe(true);
  farm.done(lease);
  expect(farm.frames()).toBe('done waiting waiting');
  farm.say({ kind: 'resume', job: 'job-1' });
  expect(farm.lease('wanda').frames).toBe('2');
});

test('a job that was submitted paused is probed when it is resumed', () => {
  const farm = new TestFarm();
  farm.frameServer();
  farm.hello('wanda');
  farm.submit({ paused: true });
  const open = farm.ask('wanda');
  expect(open.reply).toBeUndefined();
  expect(farm.say<Job>({ kind: 'resume', job: 'job-1' }).state).toBe('queued');
  expect(open.reply?.leases).toMatchObject([{ kind: 'probe' }]);
});

test('a job that was paused while it was probed is active after the resume', () => {
  const farm = farmWith('queued');
  const lease = farm.lease('wanda');
  farm.say({ kind: 'pause', job: 'job-1' });
  farm.update('wanda', { kind: 'probed', lease: lease.id, report: probeReport() });
  expect(farm.job()).toMatchObject({ state: 'paused', frameSpec: '1-3' });
  expect(farm.say<Job>({ kind: 'resume', job: 'job-1' }).state).toBe('active');
});

test('a paused job whose last frame comes asks for its film when it is resumed', () => {
  const farm = TestFarm.rendering('1');
  const lease = farm.lease('wanda');
  const gather = farm.gather();
  farm.say({ kind: 'pause', job: 'job-1' });
  farm.done(lease);
  expect(gather.reply).toBeUndefined();
  farm.say({ kind: 'resume', job: 'job-1' });
  expect(gather.reply?.encode).toMatchObject([{ job: 'job-1' }]);
});

test('a cancel stops the workers at once, keeps what is done, and is kept with its counts', () => {
  const farm = TestFarm.rendering('1-4', ['wanda', 'walt']);
  farm.done(farm.lease('wanda'));
  const lease = farm.lease('wanda');
  const open = farm.ask('wanda', { want: 1, idle: 0, holding: { [lease.id]: 1 } });
  const next = open.reply?.leases[0];
  const again = farm.ask('wanda', { want: 0, holding: { [lease.id]: 1, [next!.id]: 1 } });
  expect(again.reply).toBeUndefined();
  farm.say({ kind: 'cancel', job: 'job-1' });
  expect([...(again.reply?.ended ?? [])].sort()).toEqual([lease.id, next!.id].sort());
  expect(farm.frames()).toBe('done canceled canceled canceled');
  const head = farm.facts.filter((fact) => fact.kind === 'job').at(-1)?.head;
  expect(head).toMatchObject({ state: 'canceled', counts: { done: 1, canceled: 3, leased: 0 } });
});

test('a lease of a canceled job that has only deliveries left is ended with the next answer', () => {
  const farm = TestFarm.rendering('1-2');
  const lease = farm.lease('wanda');
  const open = farm.ask('wanda', { want: 0, holding: { [lease.id]: 0 } });
  farm.say({ kind: 'cancel', job: 'job-1' });
  expect(open.reply).toBeUndefined();
  farm.say({ kind: 'ask-over', worker: 'wanda', ask: open.request });
  expect(open.reply?.ended).toEqual([lease.id]);
});

test('a frame that was stored as its job was canceled is done, and the counts that are kept say so', () => {
  const farm = TestFarm.rendering('1-2');
  const lease = farm.lease('wanda');
  farm.say({ kind: 'cancel', job: 'job-1' });
  farm.report(storedFrame('job-1', 1, { lease: lease.id }));
  expect(farm.frames()).toBe('done canceled');
  const head = farm.facts.filter((fact) => fact.kind === 'job').at(-1)?.head;
  expect(head).toMatchObject({ state: 'canceled', counts: { done: 1, canceled: 1 } });
});

test('a retry of a job that is not probed yet is refused and changes nothing', () => {
  const farm = farmWith('queued');
  expect(() => farm.say({ kind: 'retry', job: 'job-1', frames: null })).toThrow(/is queued/);
  expect(farm.job().state).toBe('queued');
});

test('a failed job that is retried renders what failed again and keeps what is done', () => {
  const farm = TestFarm.rendering('1-3');
  for (let time = 0; time < 3; time += 1) farm.fail('wanda', farm.lease('wanda'), 1);
  farm.renderAll('wanda');
  farm.gather();
  farm.film('job-1', 3);
  expect(farm.job().state).toBe('failed');
  const shown = farm.say<Job>({ kind: 'retry', job: 'job-1', frames: null });
  expect(shown).toMatchObject({ state: 'active', problem: null, endedAt: null });
  expect(farm.job().film).toMatchObject({ state: 'none', marked: null });
  expect(farm.frames()).toBe('waiting done done');
  expect(farm.job().board?.failures(0)).toBe(0);
  const lease = farm.lease('wanda');
  expect(lease).toMatchObject({ frames: '1', replace: true });
  farm.done(lease);
  expect(farm.job().film.state).toBe('waiting');
});

test('another film of a finished job renders nothing, and a job under way is given none', () => {
  const farm = TestFarm.rendering('1-2');
  const wish = { container: 'mkv' as const, fps: 12, film: { preset: 'archive' as const } };
  const again = () => farm.say<Job>({ kind: 'remake-film', job: 'job-1', wish });
  expect(again).toThrow('active');
  farm.renderAll('wanda');
  farm.gather();
  farm.film('job-1', 2);
  expect(farm.job().state).toBe('completed');
  expect(again()).toMatchObject({ state: 'active', film: { container: 'mkv', digest: null } });
  expect(farm.gather().reply?.encode).toMatchObject([
    { container: 'mkv', rate: { fps: 12, base: 1 }, settings: { preset: 'archive' } },
  ]);
  farm.film('job-1', 2);
  expect(farm.job()).toMatchObject({ state: 'completed', film: { state: 'done', container: 'mkv' } });
  const wrong = { ...wish, container: 'mp4' as const };
  expect(() => farm.say({ kind: 'remake-film', job: 'job-1', wish: wrong })).toThrow('write mkv or avi');
  expect(farm.job().film.state).toBe('done');
});

test('a canceled job that is retried goes on where it was', () => {
  const farm = TestFarm.rendering('1-3');
  farm.done(farm.lease('wanda'));
  farm.say({ kind: 'cancel', job: 'job-1' });
  farm.say({ kind: 'retry', job: 'job-1', frames: null });
  expect(farm.frames()).toBe('done waiting waiting');
  expect(farm.facts.filter((fact) => fact.kind === 'frame' && fact.state === 'waiting')).toEqual([]);
  farm.renderAll('wanda');
  expect(farm.job().film.state).toBe('waiting');
});

test('a canceled job of which only some frames are retried does not stay open for ever', () => {
  const farm = TestFarm.rendering('1-3');
  farm.done(farm.lease('wanda'));
  farm.say({ kind: 'cancel', job: 'job-1' });
  farm.say({ kind: 'retry', job: 'job-1', frames: '1' });
  farm.renderAll('wanda');
  expect(farm.frames()).toBe('done done done');
  expect(farm.job().film.state).toBe('waiting');
});

test('a job that was canceled before its probe is probed after a retry', () => {
  const farm = farmWith('queued');
  farm.say({ kind: 'cancel', job: 'job-1' });
  expect(farm.say<Job>({ kind: 'retry', job: 'job-1', frames: null }).state).toBe('queued');
  expect(farm.lease('wanda').kind).toBe('probe');
});

test('a retry of a job that was paused before its probe leaves it paused', () => {
  const farm = farmWith('queued');
  farm.say({ kind: 'pause', job: 'job-1' });
  expect(farm.say<Job>({ kind: 'retry', job: 'job-1', frames: null }).state).toBe('paused');
  expect(farm.say<Job>({ kind: 'resume', job: 'job-1' }).state).toBe('queued');
  expect(farm.lease('wanda').kind).toBe('probe');
});

test('chosen frames of a completed job are rendered again, take the place of the old ones, and make a new film', () => {
  const farm = farmWith('completed');
  farm.say({ kind: 'retry', job: 'job-1', frames: '2' });
  expect(farm.frames()).toBe('done waiting done');
  expect(farm.job()).toMatchObject({ state: 'active', film: { state: 'none', digest: null } });
  const lease = farm.lease('wanda');
  expect(lease).toMatchObject({ frames: '2', replace: true });
  const gather = farm.gather();
  farm.done(lease);
  expect(gather.reply?.encode).toMatchObject([{ job: 'job-1', frames: '1-3' }]);
  farm.film('job-1', 3);
  expect(farm.job().state).toBe('completed');
});

test('frames that wait already or are under way are not disturbed by a retry', () => {
  const farm = TestFarm.rendering('1-3');
  const lease = farm.lease('wanda');
  farm.say({ kind: 'retry', job: 'job-1', frames: '1-3' });
  expect(farm.frames()).toBe('leased waiting waiting');
  expect(farm.state.leases.has(lease.id)).toBe(true);
  expect(farm.lease('wanda', { [lease.id]: 1 }).replace).toBe(false);
});

test('a retry of a frame that the job does not have is refused and changes nothing', () => {
  const farm = farmWith('completed');
  expect(() => farm.say({ kind: 'retry', job: 'job-1', frames: '2,9' })).toThrow(/no frame 9/);
  expect(farm.frames()).toBe('done done done');
  expect(farm.job().state).toBe('completed');
});

test('the old picture of a frame that is to be rendered again does not make it done', () => {
  const farm = TestFarm.rendering('1-2');
  const old = farm.lease('wanda');
  farm.done(old);
  farm.say({ kind: 'retry', job: 'job-1', frames: '1' });
  // The frame server says it again, because the first acknowledgement was lost.
  farm.report(storedFrame('job-1', 1, { lease: old.id }));
  expect(farm.frames()).toBe('waiting waiting');
  const lease = farm.lease('wanda');
  farm.report(storedFrame('job-1', 1, { lease: old.id }));
  expect(farm.frames()).toBe('leased waiting');
  farm.done(lease);
  expect(farm.frames()).toBe('done waiting');
});

test('the picture of a job that is sent holds what the protocol says and nothing else', () => {
  const farm = TestFarm.rendering('1-2');
  const shown = farm.say<Job>({ kind: 'set-priority', job: 'job-1', priority: 1 });
  const inside = [
    'board',
    'leases',
    'holders',
    'replacing',
    'machineProblems',
    'doneTimes',
    'askedFrames',
    'aloneUpTo',
    'tooSmall',
    'looksFirst',
  ];
  expect(Object.keys(shown).filter((key) => inside.includes(key))).toEqual([]);
});

test('a job that is looked at first waits, with its frames known, until it is told to go on', () => {
  const farm = new TestFarm();
  farm.frameServer();
  farm.hello('wanda');
  farm.submit({ frames: '1-3', lookFirst: true });
  farm.probe('wanda');
  expect(farm.job()).toMatchObject({ state: 'paused', frameSpec: '1-3', startedAt: null });
  expect(farm.leases('wanda')).toEqual([]);
  farm.say({ kind: 'resume', job: 'job-1' });
  expect(farm.job()).toMatchObject({ state: 'active' });
  expect(farm.lease('wanda').kind).toBe('render');
});

test('a job is told with its age first when two have the same priority', () => {
  const farm = new TestFarm();
  farm.say({ kind: 'submit', id: 'job-1', job: newJob({ priority: 10 }) });
  farm.later(5);
  farm.say({ kind: 'submit', id: 'job-2', job: newJob() });
  farm.later(5);
  farm.say({ kind: 'submit', id: 'job-3', job: newJob() });
  expect(farm.state.open.map((job) => job.id)).toEqual(['job-2', 'job-3', 'job-1']);
});
