import { expect, test } from 'vitest';
import { byteSize } from './byte-size.ts';

test.each([
  ['0', 0],
  ['1000', 1000],
  ['500M', 500 * 1024 ** 2],
  ['1.5g', 1.5 * 1024 ** 3],
  ['2TiB', 2 * 1024 ** 4],
])('%s is %i bytes', (text, bytes) => {
  expect(byteSize(text)).toBe(bytes);
});

test.each(['', '-1', '5 apples', 'G', '1e9', '1,5G'])('%j is no size', (text) => {
  expect(() => byteSize(text)).toThrow('as 500M or 50G');
});
