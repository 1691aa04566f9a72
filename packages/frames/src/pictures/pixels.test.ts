import { expect, test } from 'vitest';
import { deepen, onBackground, type PixelKind, padToEven, withAlpha } from './pixels.ts';

const picture = (kind: PixelKind, bytes: number[], width = 1) => ({
  ...{ width, height: 1, kind },
  data: Buffer.from(bytes),
});

test('the last column and row are repeated where a side is odd', () => {
  const row = [1, 1, 1, 2, 2, 2, 3, 3, 3];
  expect(padToEven(picture('rgb24', row, 3))).toEqual({
    ...{ width: 4, height: 2, kind: 'rgb24' },
    data: Buffer.from([...row, 3, 3, 3, ...row, 3, 3, 3]),
  });
  const deep = [1, 0, 2, 0, 3, 0, 4, 0];
  expect(padToEven(picture('rgba64le', deep)).data).toEqual(
    Buffer.from([...deep, ...deep, ...deep, ...deep]),
  );
});

test('even sides stay as they are', () => {
  const pixels = { width: 2, height: 2, kind: 'rgb24' as const, data: Buffer.alloc(12) };
  expect(padToEven(pixels)).toBe(pixels);
});

test('a byte becomes two of the same light, and white stays white', () => {
  const deep = deepen(picture('rgb24', [0, 128, 255]));
  expect(deep.kind).toBe('rgb48le');
  expect([0, 2, 4].map((at) => deep.data.readUInt16LE(at))).toEqual([0, 128 * 257, 65_535]);
});

test('alpha that is added hides nothing, and on a background nothing changes then', () => {
  const pixels = picture('rgb24', [9, 8, 7]);
  expect(withAlpha(pixels)).toMatchObject({ kind: 'rgba', data: Buffer.from([9, 8, 7, 255]) });
  expect(onBackground(withAlpha(pixels), '#ff0000')).toEqual(pixels);
});

test('what is half transparent shows half of the background, at any depth', () => {
  expect([...onBackground(picture('rgba', [200, 0, 0, 128]), '#0000ff').data]).toEqual([100, 0, 127]);
  const deep = onBackground(deepen(picture('rgba', [200, 0, 0, 0])), '#0000ff');
  expect([0, 2, 4].map((at) => deep.data.readUInt16LE(at))).toEqual([0, 0, 65_535]);
});
