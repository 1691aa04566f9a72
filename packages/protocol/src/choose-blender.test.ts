import { expect, test } from 'vitest';
import { chooseBlender } from './choose-blender.ts';

test.each([
  [['3.4.1', '3.6.2', '4.2.0'], '3.6', '3.6.2'],
  [['3.6.2', '3.6.11', '4.2.0'], '3.6', '3.6.11'],
  [['3.4.1', '4.2.0', '5.0.1'], '4.0', '4.2.0'],
  [['3.4.1'], '4.0', null],
  [['3.4.1', '2.93.18'], '2.79', '2.93.18'],
  [[], '3.4', null],
  [['3.4.1', '3.6.0'], '', '3.6.0'],
])('of %j, a scene of %s opens with %s', (have, wanted, chosen) => {
  expect(chooseBlender(have, wanted)).toBe(chosen);
});
