import { expect, test } from 'vitest';
import { formatOfExtension, lookAtPicture } from './look-at-picture.ts';

const hex = (text: string) => new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex'));
const png = hex('89504e470d0a1a0a 0000000d 49484452 00000040 00000024 0802000000');
const pngEnd = hex('00000000 49454e44 ae426082');

test('a PNG is whole when its last chunk is there, and tells its size', () => {
  expect(lookAtPicture(png, pngEnd, 1000)).toEqual({
    format: 'PNG',
    isWhole: true,
    width: 64,
    height: 36,
    channels: 3,
    depth: 8,
  });
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

test('a JPEG tells its channels in its frame header, wherever that stands', () => {
  const comment = 'fffe 0004 6869';
  const frame = 'ffc0 0011 08 0024 0040 03';
  const head = hex(`ffd8 ${comment} ${frame} 0122 00`);
  expect(lookAtPicture(head, hex('ffd9'), 500)).toMatchObject({ channels: 3, depth: 8 });
  expect(lookAtPicture(hex(`ffd8 ${comment} ffc4 0004 0000`), hex('ffd9'), 500)?.channels).toBeNull();
});

test('an OpenEXR tells its channels if they are those of one picture', () => {
  const text = (words: string) => Buffer.from(words, 'latin1').toString('hex');
  const channel = (name: string, type: number) =>
    `${text(`${name}\0`)} 0${type}000000 00000000 01000000 01000000`;
  const file = (...channels: string[]) => {
    const list = `${channels.join(' ')} 00`.replaceAll(' ', '');
    const size = Buffer.alloc(4);
    size.writeInt32LE(list.length / 2);
    const before = `${text('note\0string\0')} 02000000 6869`;
    const head = hex(
      `762f3101 02000000 ${before} ${text('channels\0chlist\0')} ${size.toString('hex')} ${list}`,
    );
    return lookAtPicture(head, head, 5000);
  };
  expect(file(channel('A', 1), channel('B', 1), channel('G', 1), channel('R', 1))).toMatchObject({
    ...{ channels: 4, depth: 16 },
  });
  const depthBeside = file(channel('B', 2), channel('G', 2), channel('R', 2), channel('Z', 2));
  expect(depthBeside).toMatchObject({ channels: 3, depth: 32 });
  expect(file(channel('left.R', 1), channel('right.R', 1))).toMatchObject({ channels: null, depth: null });
  expect(lookAtPicture(hex('762f3101 02000000 6368'), hex('00'), 9)).toMatchObject({ channels: null });
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
