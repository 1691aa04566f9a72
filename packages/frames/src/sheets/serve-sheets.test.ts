import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sheetHeaders, spriteHeaders } from '@akashganga/protocol';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { FrameFarm, makePng } from '../fixtures/frames.fixture.ts';

async function deliver(farm: FrameFarm, frames: readonly number[], shade = (frame: number) => 20 + frame) {
  for (const frame of frames)
    await farm.deliver('job-1', frame, await makePng({ width: 64, height: 32, shade: shade(frame) }));
}

async function pixelsOf(reply: Response) {
  expect(reply.status).toBe(200);
  const picture = sharp(Buffer.from(await reply.arrayBuffer()));
  const { data, info } = await picture.removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const at = (x: number, y: number) => [
    ...data.subarray((y * info.width + x) * 3, (y * info.width + x) * 3 + 3),
  ];
  return { width: info.width, height: info.height, at };
}

function near(seen: readonly number[], wanted: readonly number[]): void {
  for (const [at, value] of wanted.entries()) expect(Math.abs((seen[at] ?? 0) - value)).toBeLessThan(9);
}

test('a contact sheet shows frames in columns, marks the failed one and leaves a gap for the one to come', async () => {
  await using farm = await FrameFarm.start();
  await deliver(farm, [1, 2, 5]);
  const reply = await farm.get('/jobs/job-1/sheet?frames=1-5&failed=3&asked=5&columns=2&width=64');
  expect(reply.headers.get('content-type')).toBe('image/jpeg');
  expect(reply.headers.get(sheetHeaders.asked)).toBe('5');
  expect(reply.headers.get(sheetHeaders.shown)).toBe('5');
  expect(reply.headers.get(sheetHeaders.missing)).toBe('2');
  const sheet = await pixelsOf(reply);
  // Two places of 64 and three spaces of 6; three rows of 32 and 11 for the number, and four spaces.
  expect([sheet.width, sheet.height]).toEqual([2 * 70 + 6, 3 * 49 + 6]);
  near(sheet.at(38, 22), [21, 42, 234]);
  near(sheet.at(108, 22), [22, 44, 233]);
  near(sheet.at(8, 57), [72, 8, 24]);
  near(sheet.at(108, 71), [48, 48, 48]);
  near(sheet.at(38, 120), [25, 50, 230]);
  const label = Array.from({ length: 64 }, (_, x) => sheet.at(6 + x, 44)[0] ?? 0);
  expect(Math.max(...label)).toBeGreaterThan(150);
});

test('a thumbnail that is lost or spoiled is made again for the sheet', async () => {
  await using farm = await FrameFarm.start();
  await deliver(farm, [1, 2]);
  const thumbnails = join(farm.folder, 'jobs', 'job-1', 'thumbnails');
  await rm(join(thumbnails, '0001.webp'));
  await writeFile(join(thumbnails, '0002.webp'), 'no picture');
  const reply = await farm.get('/jobs/job-1/sheet?frames=1-2&asked=2&columns=2&width=64');
  expect(reply.headers.get(sheetHeaders.missing)).toBe('0');
  near((await pixelsOf(reply)).at(108, 22), [22, 44, 233]);
});

test('a sheet in one column of pictures twice as high as wide stays within what a JPEG may be', async () => {
  await using farm = await FrameFarm.start();
  await farm.deliver('job-1', 1, await makePng({ width: 20, height: 200 }));
  const sheet = await pixelsOf(
    await farm.get('/jobs/job-1/sheet?frames=1-400&asked=1000000&columns=1&width=320'),
  );
  expect(sheet.height).toBeLessThan(31_000);
});

test('a sprite holds a hundred frames in their cells, and its head tells which are there', async () => {
  await using farm = await FrameFarm.start();
  await deliver(farm, [101, 112, 200]);
  const reply = await farm.get('/jobs/job-1/sprites/1?frames=101-200');
  expect(reply.headers.get(spriteHeaders.here)).toBe('101,112,200');
  expect(reply.headers.get(spriteHeaders.cell)).toBe('96x48');
  expect(reply.headers.get('content-type')).toBe('image/webp');
  const sprite = await pixelsOf(reply);
  expect([sprite.width, sprite.height]).toEqual([960, 480]);
  near(sprite.at(48, 24), [121, 242, 134]);
  near(sprite.at(96 + 48, 48 + 24), [132, 8, 123]);
  near(sprite.at(960 - 48, 480 - 24), [220, 184, 35]);
  near(sprite.at(96 * 3, 24), [0, 0, 0]);
});

test('a sprite is another one when a frame comes, and is kept for good only under its version', async () => {
  await using farm = await FrameFarm.start();
  await deliver(farm, [1]);
  const path = '/jobs/job-1/sprites/0?frames=1-100';
  const first = await farm.get(path);
  const tag = first.headers.get('etag') ?? '';
  expect(tag).toMatch(/^"[0-9a-f]{16}"$/);
  expect(first.headers.get('cache-control')).toContain('no-cache');
  expect((await farm.get(path, { 'if-none-match': tag })).status).toBe(304);
  const named = await farm.get(`${path}&version=${tag.slice(1, -1)}`);
  expect(named.headers.get('cache-control')).toContain('immutable');
  expect(Buffer.from(await named.arrayBuffer())).toEqual(Buffer.from(await first.arrayBuffer()));
  await deliver(farm, [2]);
  const second = await farm.get(`${path}&version=${tag.slice(1, -1)}`, { 'if-none-match': tag });
  expect(second.status).toBe(200);
  expect(second.headers.get('etag')).not.toBe(tag);
  expect(second.headers.get('cache-control')).toContain('no-cache');
  expect(second.headers.get(spriteHeaders.here)).toBe('1-2');
});

const refused = [
  ['/jobs/job-1/sheet?frames=1-401&asked=401', 'request.invalid'],
  ['/jobs/job-1/sheet?frames=1-4', 'request.invalid'],
  ['/jobs/job-1/sheet?frames=1-4&asked=4&columns=0', 'request.invalid'],
  ['/jobs/job-1/sheet?frames=1-4&asked=4&width=100000', 'request.invalid'],
  ['/jobs/..%2f..%2fetc/sheet?frames=1-4&asked=4', 'request.invalid'],
  ['/jobs/job-1/sheet?frames=1-4&asked=4', 'job.no-results'],
  ['/jobs/job-1/sprites/0?frames=1-101', 'request.invalid'],
  ['/jobs/job-1/sprites/-1?frames=1', 'request.invalid'],
  ['/jobs/job-1/sprites/0?frames=1&version=../../etc', 'request.invalid'],
  ['/jobs/job-1/sprites/0?frames=1-100', 'job.no-results'],
] as const;

test('what is no sheet or sprite is refused, and what has no pictures is said so', async () => {
  await using farm = await FrameFarm.start();
  for (const [path, code] of refused)
    expect(await (await farm.get(path)).json(), path).toMatchObject({ code });
});
