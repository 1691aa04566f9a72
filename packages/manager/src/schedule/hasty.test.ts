import type { Lease } from '@akashganga/protocol';
import { expect, test } from 'vitest';
import { storedFrame, TestFarm } from './farm.fixture.ts';

const OTHER = `sha256:${'5'.repeat(64)}`;

/** Two workers whose frames take twenty seconds; each has rendered five, and has its next. */
function rendering() {
  const farm = TestFarm.rendering('1-40', ['ann', 'bob'], { chunk: 1 });
  for (let round = 0; round < 5; round += 1)
    for (const worker of ['ann', 'bob']) farm.done(farm.lease(worker), undefined, 20);
  return { farm, ann: farm.lease('ann'), bob: farm.lease('bob') };
}

function stored(farm: TestFarm, lease: Lease, seconds: number, digest = OTHER) {
  const worker = farm.state.leases.get(lease.id)?.worker ?? null;
  farm.report(storedFrame('job-1', Number(lease.frames), { lease: lease.id, worker, seconds, digest }));
}

function oddFrames(farm: TestFarm) {
  return farm.job().oddFrames;
}

test('a frame that comes far too soon is rendered again by another worker, and its first one is blamed', () => {
  const { farm, ann, bob } = rendering();
  stored(farm, ann, 0.3);
  expect(farm.frames().split(' ')[10]).toBe('waiting');
  expect(farm.facts.find((fact) => fact.kind === 'attempt')).toMatchObject({
    frame: 11,
    attempt: { outcome: 'failed', problem: { code: 'render.too-soon' } },
  });
  // The one that was too soon gets others first.
  expect(farm.lease('ann').frames).toBe('13');
  stored(farm, bob, 20);
  const again = farm.lease('bob');
  expect(again).toMatchObject({ frames: '11', replace: true });
  stored(farm, again, 21, `sha256:${'6'.repeat(64)}`);
  expect(farm.frames().split(' ')[10]).toBe('done');
  expect(oddFrames(farm)).toEqual([{ look: 'hasty', count: 1, first: [11] }]);
  expect(farm.job().machineProblems.get('ann')?.count).toBe(1);
});

test('a late word of the first picture does not make a doubted frame done', () => {
  const { farm, ann } = rendering();
  stored(farm, ann, 0.3);
  farm.report(storedFrame('job-1', 11, { lease: ann.id, worker: 'ann', seconds: 0.3 }));
  expect(farm.frames().split(' ')[10]).toBe('waiting');
});

test.each([
  { why: 'it comes as soon from another worker', seconds: 0.4, digest: `sha256:${'6'.repeat(64)}` },
  { why: 'it is the same picture', seconds: 20, digest: OTHER },
])('a quick frame is believed when $why', ({ seconds, digest }) => {
  const { farm, ann, bob } = rendering();
  stored(farm, ann, 0.3);
  stored(farm, bob, 20);
  stored(farm, farm.lease('bob'), seconds, digest);
  expect(farm.frames().split(' ')[10]).toBe('done');
  expect(oddFrames(farm)).toEqual([]);
  expect(farm.job().machineProblems.size).toBe(0);
});

test('a farm of one worker renders it again once, and says so', () => {
  const farm = TestFarm.rendering('1-6', ['ann'], { chunk: 1 });
  for (let frame = 1; frame <= 5; frame += 1) farm.done(farm.lease('ann'), undefined, 20);
  stored(farm, farm.lease('ann'), 0.2);
  stored(farm, farm.lease('ann'), 0.2, `sha256:${'7'.repeat(64)}`);
  expect(farm.frames()).toBe('done done done done done done');
  expect(oddFrames(farm)).toEqual([{ look: 'hasty', count: 1, first: [6] }]);
});

test('nothing is doubted of a worker whose pace is not known, nor where frames take less than a second', () => {
  const { farm } = rendering();
  farm.hello('fast');
  stored(farm, farm.lease('fast'), 0.2);
  expect(farm.frames().split(' ')[12]).toBe('done');
  const light = TestFarm.rendering('1-20', ['ann'], { chunk: 1 });
  for (let frame = 1; frame <= 10; frame += 1) light.done(light.lease('ann'), undefined, 0.5);
  stored(light, light.lease('ann'), 0.01);
  expect(light.job().board?.count('done')).toBe(11);
});

test('a part of the scene that is quick for everyone costs each frame one more quick rendering at most', () => {
  const { farm, ann, bob } = rendering();
  stored(farm, ann, 0.3);
  stored(farm, bob, 0.3, `sha256:${'8'.repeat(64)}`);
  for (let round = 0; round < 40 && (farm.job().board?.count('done') ?? 0) < 40; round += 1)
    for (const worker of ['ann', 'bob'])
      for (const lease of farm.leases(worker)) stored(farm, lease, 0.3, `sha256:${'9'.repeat(64)}`);
  expect(farm.job().board?.count('done')).toBe(40);
  const doubted = farm.facts.filter((fact) => fact.kind === 'attempt' && fact.attempt.outcome === 'failed');
  expect(doubted.length).toBeLessThan(6);
  expect(farm.job().machineProblems.size).toBe(0);
});
