import type { GatherReport } from '@akashganga/protocol';
import { expect, test } from 'vitest';
import { filmReport, problem, storedFrame, TestFarm } from './farm.fixture.ts';
import { waitsFor } from './waits-for.ts';

/** A farm with a job of two frames that are all done, and an open request of the frame server. */
function rendered() {
  const farm = TestFarm.rendering('1-2');
  const gather = farm.gather();
  farm.renderAll('wanda');
  return { farm, gather };
}

test('the film is ordered once, when the last frame is done', () => {
  const farm = TestFarm.rendering('1-2');
  const gather = farm.gather();
  farm.done(farm.lease('wanda'));
  expect(gather.reply).toBeUndefined();
  farm.done(farm.lease('wanda'));
  expect(gather.reply).toMatchObject({
    known: true,
    encode: [
      {
        ...{ job: 'job-1', name: 'Comet', container: 'mp4', frames: '1-2', extension: '.png' },
        rate: { fps: 24, base: 1 },
      },
    ],
  });
  expect(farm.job().film.state).toBe('encoding');
  expect(farm.gather(['job-1']).reply).toBeUndefined();
  farm.film('job-1', 2);
  expect(farm.job()).toMatchObject({
    state: 'completed',
    endedAt: farm.now,
    film: { state: 'done', frames: 2 },
  });
  const film = farm.job().film.digest;
  expect(film).toMatch(/^sha256:/);
});

test('a film is ordered as soon as the frame server asks, also when it asks late', () => {
  const farm = TestFarm.rendering('1-2');
  farm.renderAll('wanda');
  expect(farm.job().film.state).toBe('waiting');
  expect(farm.gather().reply?.encode).toHaveLength(1);
});

test('a film that a frame server lost by starting anew is ordered again', () => {
  const { farm } = rendered();
  farm.frameServer('frames-1', 'frames-1-boot2');
  expect(farm.gather([]).reply?.encode).toMatchObject([{ job: 'job-1' }]);
  expect(farm.job().film.state).toBe('encoding');
});

test('a film that cannot be made ends the job, and a retry orders it again', () => {
  const { farm } = rendered();
  farm.report({ kind: 'film-failed', job: 'job-1', problem: problem('machine.no-ffmpeg') });
  expect(farm.job()).toMatchObject({
    ...{ state: 'failed', problem: { code: 'machine.no-ffmpeg' }, film: { state: 'failed' } },
  });
  farm.say({ kind: 'retry', job: 'job-1', frames: null });
  expect(farm.gather().reply?.encode).toHaveLength(1);
  farm.film('job-1', 2);
  expect(farm.job().state).toBe('completed');
});

test('a film that was not ordered is not the film of the job', () => {
  const farm = TestFarm.rendering('1-2');
  farm.film('job-1', 2);
  expect(farm.job().film.state).toBe('none');
  farm.renderAll('wanda');
  farm.film('job-1', 2);
  farm.report({ kind: 'film-failed', job: 'job-1', problem: problem('film.failed') });
  expect(farm.job()).toMatchObject({ state: 'active', film: { state: 'waiting' } });
});

test('a film that was said twice changes nothing', () => {
  const { farm } = rendered();
  farm.film('job-1', 2);
  farm.film('job-1', 2);
  farm.report({ kind: 'film-failed', job: 'job-1', problem: problem('film.failed') });
  expect(farm.job()).toMatchObject({ state: 'completed', film: { state: 'done' } });
});

test('a film under way is stopped at once when frames are asked for again, and made anew then', () => {
  const { farm } = rendered();
  const gather = farm.gather(['job-1']);
  farm.say({ kind: 'retry', job: 'job-1', frames: '1' });
  expect(gather.reply).toMatchObject({ stop: ['job-1'], encode: [] });
  const next = farm.gather([]);
  farm.film('job-1', 2);
  expect(farm.job().film.state).toBe('none');
  farm.renderAll('wanda');
  expect(next.reply?.encode).toHaveLength(1);
});

test('a frame server that still makes the old film when the new one is due stops it first', () => {
  const { farm } = rendered();
  farm.say({ kind: 'retry', job: 'job-1', frames: '1' });
  farm.renderAll('wanda');
  expect(farm.gather(['job-1']).reply).toMatchObject({ stop: ['job-1'], encode: [{ job: 'job-1' }] });
});

test('a film of a canceled job is stopped', () => {
  const { farm } = rendered();
  const gather = farm.gather(['job-1']);
  farm.say({ kind: 'cancel', job: 'job-1' });
  expect(gather.reply).toMatchObject({ stop: ['job-1'] });
});

test('the files of a deleted job are forgotten by its frame server, which says when it has', () => {
  const { farm } = rendered();
  const gather = farm.gather(['job-1']);
  farm.say({ kind: 'delete', job: 'job-1' });
  expect(gather.reply).toMatchObject({ stop: ['job-1'], forget: ['job-1'] });
  farm.report({ kind: 'forgotten', job: 'job-1' });
  expect(farm.facts.at(-1)).toEqual({ kind: 'forgotten', frameServer: 'frames-1', job: 'job-1' });
  expect(farm.gather().reply).toBeUndefined();
});

test('a frame is done once, however often it is reported, and stays done', () => {
  const farm = TestFarm.rendering('1-2', ['wanda', 'walt']);
  const lease = farm.lease('wanda');
  const report = storedFrame('job-1', 1, { lease: lease.id, worker: 'wanda' });
  farm.report(report, report);
  farm.report(report);
  expect(farm.frames()).toBe('done waiting');
  expect(farm.state.workers.get('wanda')?.framesDone).toBe(1);
  expect(farm.facts.filter((fact) => fact.kind === 'frame')).toHaveLength(1);
  farm.fail('wanda', lease, 1);
  farm.hello('wanda', { boot: 'wanda-boot2' });
  expect(farm.frames()).toBe('done waiting');
});

test('a frame that another worker delivered ends the lease of the one that renders it now', () => {
  const farm = TestFarm.rendering('1', ['wanda', 'walt']);
  const lost = farm.lease('wanda');
  farm.beat('wanda', lost, 1);
  farm.tickFor(10, () => farm.beat('walt'));
  const lease = farm.lease('walt');
  const open = farm.ask('walt', { want: 0, holding: { [lease.id]: 1 } });
  farm.report(storedFrame('job-1', 1, { lease: lost.id, worker: 'wanda' }));
  expect(farm.frames()).toBe('done');
  expect(open.reply?.ended).toEqual([lease.id]);
});

test('a frame that comes after it had failed for good is still the frame', () => {
  const farm = TestFarm.rendering('1-2');
  for (let time = 0; time < 3; time += 1) farm.fail('wanda', farm.lease('wanda'), 1);
  farm.report(storedFrame('job-1', 1));
  farm.renderAll('wanda');
  expect(farm.frames()).toBe('done done');
  expect(farm.job()).toMatchObject({ state: 'active', film: { state: 'waiting' } });
});

test('reports of frames and jobs that are not this frame server’s are taken and change nothing', () => {
  const farm = TestFarm.rendering('1-2');
  farm.frameServer('frames-2');
  farm.reportFrom('frames-2', storedFrame('job-1', 1));
  farm.report(storedFrame('job-1', 99), storedFrame('job-9', 1), filmReport('job-9', 1));
  expect(farm.frames()).toBe('waiting waiting');
});

test('a frame server that the manager does not know is told so', () => {
  const farm = new TestFarm();
  expect(farm.gather().reply).toEqual({ known: false, encode: [], stop: [], forget: [] });
  expect(() => farm.report(storedFrame('job-1', 1))).toThrow(/no frame server frames-1/);
  farm.frameServer();
  const gather = { boot: 'frames-1-boot0', encoding: [], freeBytes: null };
  const open = farm.open({ kind: 'gather', frameServer: 'frames-1', gather });
  expect(open.reply).toMatchObject({ known: false });
});

test('a job says when it waits for room on the disk of its frame server, and when no more', () => {
  const farm = TestFarm.rendering('1-2');
  const boot = farm.state.frameServers.get('frames-1')?.hello.boot ?? '';
  const gather = (full: boolean) => ({ boot, encoding: [], freeBytes: 0, full });
  farm.open({ kind: 'gather', frameServer: 'frames-1', gather: gather(true) });
  expect(waitsFor(farm.state, farm.job())).toBe(
    'room on the disk of its frame server frames-1, which is full',
  );
  farm.open({ kind: 'gather', frameServer: 'frames-1', gather: gather(false) });
  expect(waitsFor(farm.state, farm.job())).not.toContain('disk');
});

test('a new request of a frame server takes the place of the one that is open', () => {
  const farm = new TestFarm();
  farm.frameServer();
  const first = farm.gather();
  const second = farm.gather();
  expect(first.reply).toEqual({ known: true, encode: [], stop: [], forget: [] });
  farm.say({ kind: 'gather-over', frameServer: 'frames-1', gather: first.request });
  expect(second.reply).toBeUndefined();
});

test('a frame that came again with other pixels is named, though it was done before', () => {
  const farm = TestFarm.rendering('1-2', ['wanda'], { chunk: 2 });
  const lease = farm.lease('wanda');
  const first = storedFrame('job-1', 1, { lease: lease.id, worker: 'wanda' });
  farm.report(first, { ...first, worker: 'otto', differs: true } as GatherReport);
  expect(farm.job().oddFrames).toEqual([{ look: 'differs', count: 1, first: [1] }]);
});

test('a frame that is unlike its neighbours is named once, and no more when it was rendered again', () => {
  const farm = TestFarm.rendering('1-9', ['wanda'], { chunk: 9 });
  const lease = farm.lease('wanda');
  const stored = (frame: number, unlike?: number[]) =>
    farm.report({
      ...storedFrame('job-1', frame, { lease: lease.id, worker: 'wanda' }),
      unlike,
    } as GatherReport);
  stored(1);
  stored(2);
  stored(3, [2]);
  stored(4, [2]);
  expect(farm.job().oddFrames).toEqual([{ look: 'unlike', count: 1, first: [2] }]);
});

test('frames with nothing to see are counted and some named', () => {
  const farm = TestFarm.rendering('1-30', ['wanda'], { chunk: 30 });
  const lease = farm.lease('wanda');
  const stored = (frame: number, look: 'black' | null) =>
    farm.report({
      ...storedFrame('job-1', frame, { lease: lease.id, worker: 'wanda' }),
      look,
    } as GatherReport);
  stored(1, null);
  expect(farm.job().oddFrames).toEqual([]);
  for (let frame = 2; frame <= 29; frame += 1) stored(frame, 'black');
  const [odd] = farm.job().oddFrames;
  expect(odd).toMatchObject({ look: 'black', count: 28 });
  expect(odd?.first).toEqual(Array.from({ length: 20 }, (_, at) => at + 2));
  // Said twice, it is counted once.
  stored(29, 'black');
  expect(farm.job().oddFrames[0]?.count).toBe(28);
  stored(30, null);
});
