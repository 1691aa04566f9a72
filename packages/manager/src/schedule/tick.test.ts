import { expect, test } from 'vitest';
import { TestFarm } from './farm.fixture.ts';
import { showWorker } from './show.ts';

test('the frames of a worker that fell silent go to others within ten seconds', () => {
  const farm = TestFarm.rendering('1-2', ['wanda', 'walt']);
  const lease = farm.lease('wanda');
  farm.beat('wanda', lease, 1);
  const walt = farm.ask('walt', { want: 0 });
  farm.tickFor(7, () => farm.beat('walt'));
  expect(farm.frames()).toBe('rendering waiting');
  farm.tickFor(2, () => farm.beat('walt'));
  expect(farm.frames()).toBe('waiting waiting');
  expect(farm.state.workers.get('wanda')?.state).toBe('lost');
  expect(farm.state.workers.get('walt')?.state).toBe('idle');
  expect(farm.job().board?.failures(0)).toBe(1);
  const attempt = farm.facts.find((fact) => fact.kind === 'attempt')?.attempt;
  expect(attempt).toMatchObject({ outcome: 'lost', worker: 'wanda', problem: { code: 'render.lost' } });
  expect(walt.reply).toBeUndefined();
});

test('a lost worker says how many frames went to others, until it is heard again', () => {
  const farm = TestFarm.rendering('1-9', ['wanda', 'walt']);
  const problem = () => {
    const wanda = farm.state.workers.get('wanda');
    return wanda && showWorker(farm.state, wanda).problem;
  };
  const frames = farm.lease('wanda').frames;
  farm.tickFor(9, () => farm.beat('walt'));
  expect(problem()).toMatchObject({ code: 'worker.lost', says: expect.stringContaining('wanda') });
  expect(problem()?.says).toMatch(/had (are|is) for other workers|frame it had is for other/);
  expect(frames).toBeTruthy();
  farm.beat('wanda');
  expect(problem()?.code).not.toBe('worker.lost');
});

test('an open request alone does not keep a silent worker alive', () => {
  const farm = TestFarm.rendering('1-9');
  const lease = farm.lease('wanda');
  const open = farm.ask('wanda', { want: 0, holding: { [lease.id]: 1 } });
  farm.tickFor(11);
  expect(farm.state.workers.get('wanda')?.state).toBe('lost');
  expect(open.reply?.ended).toEqual([lease.id]);
});

test('a lost worker that beats again is given work, and is told what it lost', () => {
  const farm = TestFarm.rendering('1-2');
  const lease = farm.lease('wanda');
  farm.tickFor(11);
  expect(farm.leases('walt')).toEqual([]);
  expect(farm.beat('wanda', lease, 1)).toEqual({ known: true });
  expect(farm.state.workers.get('wanda')?.state).toBe('rendering');
  const reply = farm.ask('wanda', { holding: { [lease.id]: 1 } }).reply;
  expect(reply?.ended).toEqual([lease.id]);
  expect(reply?.leases.map((one) => one.frames)).toEqual(['1']);
});

test('a frame that was only waiting in a lost lease has no failure', () => {
  const farm = TestFarm.rendering('1-3', ['wanda'], { chunk: 3 });
  const lease = farm.lease('wanda');
  farm.beat('wanda', lease, 2);
  farm.tickFor(11);
  expect([0, 1, 2].map((index) => farm.job().board?.failures(index))).toEqual([0, 1, 0]);
});

test('a probe of a lost worker is given to another', () => {
  const farm = new TestFarm();
  farm.frameServer();
  farm.hello('wanda');
  farm.submit();
  farm.lease('wanda');
  farm.tickFor(8);
  farm.hello('walt');
  const open = farm.ask('walt');
  farm.tickFor(3, () => farm.beat('walt'));
  expect(open.reply?.leases).toMatchObject([{ kind: 'probe' }]);
});

test('a manager that was itself away takes nobody for lost', () => {
  const farm = TestFarm.rendering('1-9');
  const lease = farm.lease('wanda');
  farm.tickFor(2, () => farm.beat('wanda', lease, 1));
  farm.later(3_600_000);
  farm.say({ kind: 'tick' });
  expect(farm.frames()).toMatch(/^rendering/);
  farm.tickFor(11);
  expect(farm.frames()).toMatch(/^waiting/);
});

test('the time a manager was too busy to hear anybody is nobody’s silence, but a dead worker is lost all the same', () => {
  const farm = TestFarm.rendering('1-9');
  farm.lease('wanda');
  farm.tickFor(1, () => farm.beat('wanda'));
  const worker = farm.state.workers.get('wanda');
  const tickLate = (times: number) => {
    for (let tick = 0; tick < times; tick += 1) {
      farm.later(4000);
      farm.say({ kind: 'tick' });
    }
  };
  tickLate(6);
  expect(worker?.state).not.toBe('lost');
  tickLate(3);
  expect(worker?.state).toBe('lost');
});

test('a clock that is set back does not keep a dead worker alive', () => {
  const farm = TestFarm.rendering('1-9');
  farm.lease('wanda');
  farm.tickFor(2);
  farm.later(-3_600_000);
  farm.tickFor(12);
  expect(farm.state.workers.get('wanda')?.state).toBe('lost');
});

test('a frame server that fell silent is shown so until it asks again', () => {
  const farm = new TestFarm();
  farm.frameServer();
  const open = farm.gather();
  farm.tickFor(60);
  expect(farm.state.frameServers.get('frames-1')?.reachable).toBe(true);
  farm.say({ kind: 'gather-over', frameServer: 'frames-1', gather: open.request });
  farm.tickFor(41);
  expect(farm.state.frameServers.get('frames-1')?.reachable).toBe(false);
  farm.gather();
  expect(farm.state.frameServers.get('frames-1')?.reachable).toBe(true);
});

test('nothing is written while nothing happens', () => {
  const farm = TestFarm.rendering('1');
  farm.written.length = 0;
  farm.tickFor(30, () => farm.beat('wanda'));
  expect(farm.facts).toEqual([]);
});
