import { expect, test } from 'vitest';
import { TestFarm } from './farm.fixture.ts';

/** One worker that is ten times as fast as the other, and a job of which these frames are left. */
function unequal(left: number) {
  const farm = TestFarm.rendering(`1-${left}`, ['fast', 'slow']);
  for (const [id, pace] of Object.entries({ fast: 0.5, slow: 5 }))
    Object.assign(farm.state.workers.get(id) ?? {}, { pace });
  farm.job().frameSeconds = 4;
  tick(farm);
  return farm;
}

function tick(farm: TestFarm): void {
  farm.tickFor(1, () => {
    for (const worker of ['fast', 'slow']) farm.beat(worker);
  });
}

test('a slow worker begins no frame that the fast one would have rendered long before it', () => {
  const farm = unequal(3);
  const fast = farm.lease('fast');
  expect(farm.leases('slow')).toEqual([]);
  expect(farm.job().board?.count('waiting')).toBeGreaterThan(0);
  farm.done(fast, undefined, 2);
  expect(farm.leases('slow')).toEqual([]);
});

test('while there is enough for all, it renders too', () => {
  const farm = unequal(30);
  farm.lease('fast');
  expect(farm.leases('slow')).toHaveLength(1);
});

test('when the fast one takes nothing for a while, the slow one is better than none', () => {
  const farm = unequal(3);
  farm.lease('fast');
  const slow = farm.ask('slow');
  expect(slow.reply).toBeUndefined();
  for (let second = 0; second < 8; second += 1) tick(farm);
  expect(slow.reply?.leases).toHaveLength(1);
});

test.each(['drain', 'remove-worker'] as const)(
  'it renders at once when the fast one leaves by %s',
  (kind) => {
    const farm = unequal(3);
    farm.lease('fast');
    const slow = farm.ask('slow');
    expect(slow.reply).toBeUndefined();
    farm.say({ kind, worker: 'fast' });
    expect(slow.reply?.leases).toHaveLength(1);
  },
);

test('it renders at once when the fast one is lost', () => {
  const farm = unequal(3);
  farm.job().frameSeconds = 40;
  farm.lease('fast');
  const slow = farm.ask('slow');
  farm.tickFor(7, () => farm.beat('slow'));
  expect(slow.reply).toBeUndefined();
  farm.tickFor(1, () => farm.beat('slow'));
  expect(slow.reply?.leases).toHaveLength(1);
});
