import { frameHeaders, viewHeaders } from '@akashganga/protocol';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { findFfmpeg } from '../ffmpeg/find-ffmpeg.ts';
import { makeExr } from '../fixtures/exr.fixture.ts';
import { FrameFarm, makePng } from '../fixtures/frames.fixture.ts';

const ffmpeg = findFfmpeg(process.env.PATH ?? '');
const exr = { [frameHeaders.extension]: '.exr' };
const image = '/jobs/job-1/frames/1/image';

function layer(name: string, [red, green, blue]: readonly [number, number, number]) {
  return { [`${name}.R`]: red, [`${name}.G`]: green, [`${name}.B`]: blue };
}

async function start(picture: Buffer): Promise<FrameFarm> {
  const farm = await FrameFarm.start({ ffmpeg });
  await farm.deliver('job-1', 1, picture, exr);
  return farm;
}

async function colourOf(reply: Response): Promise<number[]> {
  expect(reply.status, await reply.clone().text()).toBe(200);
  expect(reply.headers.get('content-type')).toBe('image/jpeg');
  const { data, info } = await sharp(Buffer.from(await reply.arrayBuffer()))
    .raw()
    .toBuffer({ resolveWithObject: true });
  expect([info.width, info.height]).toEqual([8, 4]);
  return [...data.subarray(0, 3)];
}

function near(seen: readonly number[], light: readonly number[]): void {
  for (const [at, value] of light.entries()) {
    const kept = Math.min(1, value);
    const wanted = 255 * (kept <= 0.0031308 ? kept * 12.92 : 1.055 * kept ** (1 / 2.4) - 0.055);
    expect(Math.abs((seen[at] ?? 0) - wanted), `channel ${at}`).toBeLessThan(4);
  }
}

test('exposure doubles light by the stop, and brings back what was brighter than white', async () => {
  await using farm = await start(makeExr({ R: 0.1, G: 0.2, B: 4 }));
  near(await colourOf(await farm.get(`${image}?exposure=0`)), [0.1, 0.2, 1]);
  near(await colourOf(await farm.get(`${image}?exposure=+1`)), [0.2, 0.4, 1]);
  near(await colourOf(await farm.get(`${image}?exposure=-3`)), [0.0125, 0.025, 0.5]);
  expect((await farm.get(image)).headers.get('content-type')).toBe('image/x-exr');
});

test('what is no number is black, and what has no end is white', async () => {
  await using farm = await start(makeExr({ R: Number.NaN, G: Number.POSITIVE_INFINITY, B: -5 }));
  near(await colourOf(await farm.get(`${image}?exposure=1`)), [0, 1, 0]);
});

test('layers with colours are named, and each can be looked at', async () => {
  const channels = {
    ...layer('View Layer.Combined', [0.5, 0.5, 0.5]),
    ...layer('View Layer.DiffDir', [0.1, 0.3, 0.6]),
    ...layer('दृश्य, 2', [0.6, 0.1, 0.3]),
    'View Layer.Combined.A': 1,
    'View Layer.Depth.Z': 7,
  };
  await using farm = await start(makeExr(channels));
  const plain = await farm.get(`${image}?exposure=0`);
  const names = (plain.headers.get(viewHeaders.layers) ?? '').split(',').map(decodeURIComponent);
  expect(names).toEqual(['View Layer.Combined', 'View Layer.DiffDir', 'दृश्य, 2']);
  near(await colourOf(plain), [0.5, 0.5, 0.5]);
  const get = (name: string) => farm.get(`${image}?layer=${encodeURIComponent(name)}`);
  near(await colourOf(await get('View Layer.DiffDir')), [0.1, 0.3, 0.6]);
  near(await colourOf(await get('दृश्य, 2')), [0.6, 0.1, 0.3]);
});

const refused = [
  'exposure=NaN',
  'exposure=21',
  'exposure=1;ls',
  'layer=',
  'layer=Other',
  'layer=View%20Layer.Depth',
  'layer=-i%20/etc/passwd',
  'layer=..%2F..%2Fetc%2Fpasswd',
  'layer=a%00b',
  `layer=${'x'.repeat(256)}`,
];

test('other exposures, and layers that are not there, have no colours or are no names, are refused', async () => {
  await using farm = await start(
    makeExr({ ...layer('View Layer.Combined', [1, 1, 1]), 'View Layer.Depth.Z': 1 }),
  );
  for (const query of refused) {
    const reply = await farm.get(`${image}?${query}`);
    expect(reply.status, query).toBe(400);
    expect(await reply.json(), query).toMatchObject({ code: 'request.invalid' });
  }
});

test('a frame that is no OpenEXR file, or not there, has no view', async () => {
  await using farm = await FrameFarm.start({ ffmpeg });
  await farm.deliver('job-1', 1, await makePng());
  expect(await (await farm.get(`${image}?exposure=1`)).json()).toMatchObject({ code: 'request.invalid' });
  const missing = await farm.get('/jobs/job-1/frames/2/image?exposure=1');
  expect(await missing.json()).toMatchObject({ code: 'frame.not-done' });
});
