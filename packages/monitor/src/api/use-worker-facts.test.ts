import { expect, test } from 'vitest';
import { sampleWorker } from '../live/sample.ts';
import { keepFacts } from './use-worker-facts.ts';

test('the facts of workers are the same map until a name, a number of slots or a worker is another', () => {
  const facts = keepFacts();
  const [anu, bela] = [sampleWorker(), sampleWorker({ id: 'worker-b', name: 'bela' })];
  const first = facts([anu, bela]);
  expect(first.get('worker-b')).toEqual({ name: 'bela', slots: 2 });
  expect(facts([{ ...anu, framesDone: 7, state: 'rendering' }, bela])).toBe(first);
  expect(facts([anu, { ...bela, slots: 3 }]).get('worker-b')?.slots).toBe(3);
  expect(facts([anu]).size).toBe(1);
  expect([...facts([bela]).keys()]).toEqual(['worker-b']);
});
