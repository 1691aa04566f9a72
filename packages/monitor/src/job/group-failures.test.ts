import { expect, it } from 'vitest';
import { groupFailures } from './group-failures.ts';

it('says the same reason once, with all its frames, the most frequent first', () => {
  const groups = groupFailures([
    { frame: 3, code: 'a', says: 'Frame 3 needs more memory than box has.' },
    { frame: 7, code: 'b', says: 'Blender stopped.' },
    { frame: 8, code: 'b', says: 'Blender stopped.' },
    { frame: 9, code: 'b', says: 'Blender stopped.' },
    { frame: 12, code: 'a', says: 'Frame 12 needs more memory than box has.' },
  ]);
  expect(groups.map((group) => group.frames)).toEqual([
    [7, 8, 9],
    [3, 12],
  ]);
});

it('keeps reasons apart that differ in more than their frame', () => {
  const groups = groupFailures([
    { frame: 1, code: 'a', says: 'Frame 1 took 60 s.' },
    { frame: 2, code: 'a', says: 'Frame 2 took 90 s.' },
  ]);
  expect(groups).toHaveLength(2);
});
