import { expect, test } from 'vitest';
import { TestFarm } from './farm.fixture.ts';

test('a frame that fails is tried three times while the others go on, and then its job fails, with a film that marks it', () => {
  const farm = TestFarm.rendering('1-3', ['wanda', 'walt']);
  const first = farm.lease('wanda');
  farm.fail('wanda', first, 1, 'render.crashed', 'Segmentation fault');
  expect(farm.frames()).toBe('waiting waiting waiting');
  farm.fail('walt', farm.lease('walt'), 1);
  farm.fail('wanda', farm.lease('wanda'), 1);
  expect(farm.frames()).toBe('failed waiting waiting');
  expect(farm.job().state).toBe('active');
  farm.renderAll('walt');
  expect(farm.frames()).toBe('failed done done');
  expect(farm.job()).toMatchObject({ state: 'active', film: { state: 'waiting', marked: '1' } });
  expect(farm.gather().reply?.encode).toMatchObject([{ frames: '1-3', failed: '1' }]);
  farm.film('job-1', 3);
  expect(farm.job()).toMatchObject({
    ...{ state: 'failed', problem: { code: 'job.frames-failed' } },
    film: { state: 'done', marked: '1' },
  });
  expect(farm.job().problem?.says).toMatch(/1 of 3 frames failed \(1\)/);
  const attempts = farm.facts.filter((fact) => fact.kind === 'attempt');
  expect(attempts.map((fact) => fact.attempt.worker)).toEqual(['wanda', 'walt', 'wanda']);
  expect(attempts[0]?.log).toBe('Segmentation fault');
});

test('a strict job with a failed frame has no film, and neither has one whose frames all failed', () => {
  const strict = TestFarm.rendering('1-2', ['wanda'], { film: { strict: true } });
  for (let time = 0; time < 3; time += 1) strict.fail('wanda', strict.lease('wanda'), 1);
  strict.renderAll('wanda');
  expect(strict.job()).toMatchObject({ state: 'failed', film: { state: 'none', marked: null } });
  const whole = TestFarm.rendering('1');
  for (let time = 0; time < 3; time += 1) whole.fail('wanda', whole.lease('wanda'), 1);
  expect(whole.job()).toMatchObject({ state: 'failed', film: { state: 'none' } });
});

test('a job without a film ends with its last frame, and a film can be asked for then', () => {
  const farm = TestFarm.rendering('1-2', ['wanda'], { film: { none: true } });
  farm.renderAll('wanda');
  expect(farm.job()).toMatchObject({ state: 'completed', film: { state: 'none' }, problem: null });
  expect(farm.gather().reply?.encode ?? []).toEqual([]);
  const wish = { container: 'mkv' as const, fps: null, film: {} };
  expect(() =>
    farm.say({ kind: 'remake-film', job: 'job-1', wish: { ...wish, film: { none: true } } }),
  ).toThrow('cannot be none');
  farm.say({ kind: 'remake-film', job: 'job-1', wish });
  expect(farm.job()).toMatchObject({ state: 'active', film: { state: 'encoding', container: 'mkv' } });
});

test('a job without a film fails where a frame did, and a retry of that one completes it', () => {
  const farm = TestFarm.rendering('1-2', ['wanda'], { film: { none: true } });
  for (let time = 0; time < 3; time += 1) farm.fail('wanda', farm.lease('wanda'), 1);
  farm.renderAll('wanda');
  expect(farm.job()).toMatchObject({ state: 'failed', problem: { code: 'job.frames-failed' } });
  expect(farm.job().problem?.says).not.toContain('marked');
  farm.say({ kind: 'retry', job: 'job-1', frames: null });
  farm.renderAll('wanda');
  expect(farm.job()).toMatchObject({ state: 'completed', film: { state: 'none' } });
});

test('what a film cannot be is refused when the job is submitted', () => {
  const farm = new TestFarm();
  expect(() => farm.submit({ container: 'mp4', film: { codec: 'prores' } })).toThrow('cannot hold prores');
  expect(() => farm.submit({ film: { ffmpeg: ['-i', '/etc/passwd'] } })).toThrow('"-i"');
  expect(farm.state.jobs.size).toBe(0);
});

test('a frame that fails twice and then comes is done', () => {
  const farm = TestFarm.rendering('1');
  farm.fail('wanda', farm.lease('wanda'), 1);
  farm.fail('wanda', farm.lease('wanda'), 1);
  farm.done(farm.lease('wanda'));
  expect(farm.frames()).toBe('done');
  expect(farm.job().film.state).toBe('waiting');
});

test('the rest of a lease stays with its worker when one of its frames fails', () => {
  const farm = TestFarm.rendering('1-3', ['wanda', 'walt'], { chunk: 3 });
  const lease = farm.lease('wanda');
  farm.fail('wanda', lease, 2);
  expect(farm.frames()).toBe('leased waiting leased');
  expect(farm.lease('walt').frames).toBe('2');
  farm.done(lease, 1);
  farm.done(lease, 3);
  expect(farm.state.leases.has(lease.id)).toBe(false);
});

test('a problem of the scene ends its job at once, also on a large farm', () => {
  const farm = TestFarm.rendering('1-9', ['wanda', 'walt']);
  const lease = farm.lease('wanda');
  const other = farm.lease('walt');
  const open = farm.ask('walt', { want: 0, holding: { [other.id]: 1 } });
  farm.fail('wanda', lease, 1, 'render.python-error');
  expect(farm.job()).toMatchObject({ state: 'failed', problem: { code: 'render.python-error' } });
  expect(open.reply?.ended).toEqual([other.id]);
  expect(farm.leases('wanda')).toEqual([]);
  expect(farm.job().leases.size + farm.job().holders.size).toBe(0);
});

test('a worker with two problems of its own with a job is left out of it, and another goes on', () => {
  const farm = TestFarm.rendering('1-9', ['wanda', 'walt']);
  farm.fail('wanda', farm.lease('wanda'), 1, 'machine.gpu-failed');
  farm.fail('wanda', farm.lease('wanda'), 1, 'machine.gpu-failed');
  expect(farm.leases('wanda')).toEqual([]);
  expect(farm.job().state).toBe('active');
  expect(farm.lease('walt').frames).toBe('1');
  farm.submit({ frames: '1' }, 'job-2');
  expect(farm.lease('wanda')).toMatchObject({ job: 'job-2' });
});

test('a farm of one worker tries again too, and then says why it gave up', () => {
  const farm = TestFarm.rendering('1-2');
  farm.fail('wanda', farm.lease('wanda'), 1, 'machine.gpu-failed');
  expect(farm.job().state).toBe('active');
  farm.fail('wanda', farm.lease('wanda'), 1, 'machine.gpu-failed');
  expect(farm.job()).toMatchObject({ state: 'failed', problem: { code: 'machine.gpu-failed' } });
});

test('a worker that was left out is asked again after a retry', () => {
  const farm = TestFarm.rendering('1-2');
  farm.fail('wanda', farm.lease('wanda'), 1, 'machine.gpu-failed');
  farm.fail('wanda', farm.lease('wanda'), 1, 'machine.gpu-failed');
  farm.say({ kind: 'retry', job: 'job-1', frames: null });
  expect(farm.lease('wanda').frames).toBe('1');
});

test('a frame is given up when the fifth worker is lost with it', () => {
  const farm = TestFarm.rendering('1');
  for (let time = 1; time <= 5; time += 1) {
    expect(farm.frames()).toBe('waiting');
    const lease = farm.lease('wanda');
    farm.beat('wanda', lease, 1);
    farm.hello('wanda', { boot: `wanda-boot${time + 1}` });
  }
  expect(farm.frames()).toBe('failed');
  expect(farm.job()).toMatchObject({ state: 'failed', problem: { code: 'job.frames-failed' } });
});

test('a code that this release does not know is treated as one attempt that went wrong', () => {
  const farm = TestFarm.rendering('1');
  farm.fail('wanda', farm.lease('wanda'), 1, 'render.made-of-cheese');
  expect(farm.frames()).toBe('waiting');
  expect(farm.job().state).toBe('active');
});

test('a failure that is told late does no harm to a frame that is done', () => {
  const farm = TestFarm.rendering('1-2', ['wanda'], { chunk: 2 });
  const lease = farm.lease('wanda');
  farm.done(lease, 1);
  farm.fail('wanda', lease, 1);
  farm.fail('wanda', lease, 7);
  expect(farm.frames()).toBe('done leased');
  expect(farm.facts.filter((fact) => fact.kind === 'attempt')).toEqual([]);
});

test('an attempt keeps the memory it took, and the job the most of all its attempts', () => {
  const farm = TestFarm.rendering('1-3');
  const lease = farm.lease('wanda');
  farm.update('wanda', {
    ...{ kind: 'frame-failed' as const, lease: lease.id, job: lease.job, frame: 1 },
    ...{ problem: { code: 'render.crashed', says: 'It crashed.' }, seconds: 1, memory: 5e9, log: '' },
  });
  expect(farm.job().peakMemory).toBe(5e9);
  const [attempt] = farm.facts.filter((fact) => fact.kind === 'attempt');
  expect(attempt?.attempt.memory).toBe(5e9);
  farm.renderAll('wanda');
  expect(farm.job().peakMemory).toBe(5e9);
});
