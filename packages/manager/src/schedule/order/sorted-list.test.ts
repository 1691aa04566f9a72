import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SortedList } from './sorted-list.ts';

test('whatever is put in, changed and taken out, the items stand in the order of their keys', () => {
  const act = fc.record({ item: fc.nat(20), key: fc.nat(5), out: fc.boolean() });
  fc.assert(
    fc.property(fc.array(act, { maxLength: 200 }), (acts) => {
      const keys = new Map<number, number>();
      const list = new SortedList<number>((item) => [keys.get(item) ?? 0, item]);
      for (const { item, key, out } of acts) {
        if (out) {
          expect(list.delete(item)).toBe(keys.delete(item));
          continue;
        }
        keys.set(item, key);
        list.put(item);
      }
      const sorted = [...keys.keys()].sort((a, b) => (keys.get(a) ?? 0) - (keys.get(b) ?? 0) || a - b);
      expect([...list]).toEqual(sorted);
      expect([list.size, list.at(0)]).toEqual([sorted.length, sorted[0]]);
      for (const item of sorted) expect(list.has(item)).toBe(true);
    }),
  );
});
