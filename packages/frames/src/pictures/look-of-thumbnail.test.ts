import sharp from 'sharp';
import { expect, test } from 'vitest';
import { lookOfThumbnail } from './look-of-thumbnail.ts';
import { makeThumbnail } from './make-thumbnail.ts';

function picture(background: { r: number; g: number; b: number; alpha: number }, channels: 3 | 4 = 4) {
  return sharp({ create: { width: 640, height: 360, channels, background } });
}

test.each([
  [{ r: 0, g: 0, b: 0, alpha: 1 }, 'black'],
  [{ r: 1, g: 2, b: 1, alpha: 1 }, 'black'],
  [{ r: 200, g: 10, b: 10, alpha: 0 }, 'transparent'],
  [{ r: 40, g: 0, b: 0, alpha: 1 }, null],
  [{ r: 255, g: 255, b: 255, alpha: 0.5 }, null],
])('a picture of %o is %s', async (background, look) => {
  expect((await lookOfThumbnail(await makeThumbnail(picture(background))))?.look).toBe(look);
});

test('one bright part is enough to see something, and no picture looks like nothing at all', async () => {
  const lamp = await picture({ r: 255, g: 255, b: 255, alpha: 1 }).resize(40, 40).png().toBuffer();
  const night = picture({ r: 0, g: 0, b: 0, alpha: 1 }, 3).composite([{ input: lamp, left: 9, top: 9 }]);
  const seen = await lookOfThumbnail(await makeThumbnail(sharp(await night.png().toBuffer())));
  expect(seen?.look).toBeNull();
  expect(seen?.print).toHaveLength(8 * 8 * 3);
  expect([seen?.print[0], seen?.print[8 * 8 * 3 - 1]]).toEqual([expect.toSatisfy((gray) => gray > 20), 0]);
  expect(await lookOfThumbnail(Buffer.from('no picture'))).toBeNull();
});
