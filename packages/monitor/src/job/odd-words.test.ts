import { expect, test } from 'vitest';
import { oddWords } from './odd-words.ts';

test('each look is said in words that fit one frame, some and all', () => {
  const say = (look: Parameters<typeof oddWords>[0]['look'], count: number, total = 10) =>
    oddWords({ look, count, first: [1] }, total);
  expect(say('black', 1)).toBe('1 frame is black all over');
  expect(say('transparent', 2)).toBe('2 frames are transparent all over');
  expect(say('black', 10)).toBe('All 10 frames are black all over');
  expect(say('black', 1, 1)).toBe('1 frame is black all over');
  expect(say('unlike', 3)).toBe('3 frames are unlike the frames beside');
  expect(say('hasty', 1)).toBe('1 frame came far too soon at first and was rendered again');
  expect(say('differs', 2)).toBe('2 frames came twice with different pixels; the first was kept');
});
