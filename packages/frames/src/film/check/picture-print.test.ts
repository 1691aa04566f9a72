import { expect, test } from 'vitest';
import { decibels, likeness, picturePrint, pixelError } from './picture-print.ts';

function picture(width: number, height: number, colour: (x: number, y: number) => number) {
  const data = Buffer.alloc(width * height * 3);
  for (let at = 0; at < width * height; at += 1)
    data.fill(colour(at % width, Math.floor(at / width)), at * 3, at * 3 + 3);
  return { width, height, kind: 'rgb24' as const, data };
}

test('equal pictures are as like as can be, noise changes little, another picture much', () => {
  const ramp = (x: number) => (x * 255) / 199;
  const print = picturePrint(picture(200, 100, ramp));
  expect(likeness(print, picturePrint(picture(200, 100, ramp)))).toBe(Number.POSITIVE_INFINITY);
  const noise = picturePrint(picture(200, 100, (x, y) => Math.min(255, ramp(x) + ((x * 31 + y * 17) % 9))));
  expect(likeness(print, noise)).toBeGreaterThan(30);
  expect(decibels(pixelError(print, noise))).toBeLessThan(likeness(print, noise));
  expect(likeness(print, picturePrint(picture(200, 100, (x) => 255 - ramp(x))))).toBeLessThan(10);
});

test('a picture of one pixel has a print', () => {
  expect([...new Set(picturePrint(picture(1, 1, () => 77)))]).toEqual([77]);
});
