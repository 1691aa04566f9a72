import { expect, test } from 'vitest';
import { logProgress } from './log-progress.ts';

// The lines are Blender 3.4's own, the last but one 5.x's as its manual shows it.
test.each([
  [
    'Fra:1 Mem:43.04M (Peak 43.04M) | Time:00:00.41 | Mem:33M, Peak:33M | Scene, ViewLayer | Sample 6/24',
    0.25,
  ],
  ['Fra:1 Mem:10M (Peak 10M) | Time:00:01.02 | Scene, Two | Rendered 35/70 Tiles, Sample 1/8', 0.5],
  ['Fra:1 Mem:25.64M (Peak 26.74M) | Time:00:08.33 | Rendering 16 / 16 samples', 1],
  ['00:03.906  render           | Fra: 4 | Mem: 6M | Sample 12/24', 0.5],
  ["Saved: '/tmp/Sample.png'", null],
  ['Sample 3/0', null],
])('%s', (line, fraction) => {
  expect(logProgress(line)).toBe(fraction);
});
