import { expect, test } from 'vitest';
import { formatOfExtension, lookAtPicture } from './look-at-picture.ts';

const hex = (text: string) => new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex'));
const png = hex('89504e470d0a1a0a 0000000d 49484452 00000040 00000024 0802000000');
const pngEnd = hex('00000000 49454e44 ae426082');

test('a PNG is whole when its last chunk is there, and tells its size', () => {
  expect(lookAtPicture(png, pngEnd, 1000)).toEqual({ format: 'PNG', isWhole: true, width: 64, height: 36 });
  expect(lookAtPicture(png, pngEnd.subarray(0, 11), 999)?.isWhole).toBe(false);
  expect(lookAtPicture(png.subarray(0, 10), png.subarray(0, 10), 10)).toMatchObject({
    ...{ isWhole: false, width: null },
  });
});

test('a JPEG is whole when it is said to end, also with padding behind that', () => {
  const head = hex('ffd8ffe0 00104a464946');
  expect(lookAtPicture(head, hex('1234ffd9'), 500)).toMatchObject({ format: 'JPEG', isWhole: true });
  expect(lookAtPicture(head, hex('ffd90000'), 500)?.isWhole).toBe(true);
  expect(lookAtPicture(head, hex('12345678'), 500)?.isWhole).toBe(false);
});

test('files that tell their own length are compared with it', () => {
  const webp = hex('52494646 64000000 57454250');
  expect(lookAtPicture(webp, webp, 108)?.isWhole).toBe(true);
  expect(lookAtPicture(webp, webp, 107)?.isWhole).toBe(false);
  const bmp = hex('424d 64000000');
  expect(lookAtPicture(bmp, bmp, 99)?.isWhole).toBe(false);
  expect(lookAtPicture(hex('424d'), hex('424d'), 2)?.isWhole).toBe(false);
});

test('each format is known by its first bytes, and nothing else is taken for one', () => {
  for (const [head, extension] of [
    ['762f3101', '.exr'],
    ['49492a00', '.tif'],
    ['4d4d002a', '.tiff'],
    ['233f52414449414e4345', '.hdr'],
    ['53445058', '.dpx'],
    ['01da', '.sgi'],
    ['ff4fff51', '.j2c'],
  ] as const)
    expect(lookAtPicture(hex(head), hex(head), 4)?.format).toBe(formatOfExtension(extension));
  expect(lookAtPicture(hex('0000'), hex('0000'), 2)).toBeNull();
  expect(lookAtPicture(hex(''), hex(''), 0)).toBeNull();
  expect(formatOfExtension('.tga')).toBeNull();
});
