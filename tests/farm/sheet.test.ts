import { readFile } from 'node:fs/promises';
import { sheetHeaders, spriteHeaders } from '@akashganga/protocol';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { writeFakeScene } from './processes/scenes.ts';
import { TestFarm } from './processes/test-farm.ts';
import { TestFolder } from './processes/test-folder.ts';

test('the command brings a contact sheet with the failed frame marked; sprites are relayed with their heads', async () => {
  await using folder = await TestFolder.make();
  await using farm = await TestFarm.start(folder, { workers: 1 });
  const job = await farm.submit(
    await writeFakeScene(folder, { frameEnd: 6, behaviour: 'crash', onFrames: [3] }),
  );
  await farm.until(job, ({ frames }) => frames.failed === 1 && frames.done === 5, 90);

  const file = folder.join('sheet.jpg');
  const { code, last } = await farm.command(['fetch', job, '--sheet', file, '--columns', '3']);
  expect({ code, last }).toMatchObject({
    code: 0,
    last: { event: 'fetched', film: null, sheet: file, sheetAsked: 6, sheetShown: 6, sheetMissing: 1 },
  });
  const { data, info } = await sharp(await readFile(file))
    .raw()
    .toBuffer({ resolveWithObject: true });
  expect([info.format, info.width]).toEqual(['raw', 3 * 166 + 6]);
  // The upper left corner of the third place is the red of a failed frame.
  const at = (12 * info.width + 2 * 166 + 12) * 3;
  const seen = [...data.subarray(at, at + 3)];
  for (const [channel, value] of [72, 8, 24].entries())
    expect(Math.abs((seen[channel] ?? 0) - value)).toBeLessThan(12);

  const get = (path: string, headers = {}) =>
    fetch(`${farm.url}/api/v1/jobs/${job}${path}`, {
      headers: { authorization: `Bearer ${farm.key}`, ...headers },
    });
  const some = await get('/sheet?frames=1-2,900');
  expect(some.headers.get(sheetHeaders.missing)).toBe('1');
  const sprite = await get('/sprites/0');
  expect(sprite.headers.get('content-type')).toBe('image/webp');
  expect(sprite.headers.get(spriteHeaders.here)).toBe('1-2,4-6');
  expect(sprite.headers.get(spriteHeaders.cell)).toBe('96x54');
  const tag = sprite.headers.get('etag') ?? '';
  expect((await get('/sprites/0', { 'if-none-match': tag })).status).toBe(304);
  expect(await (await get('/sprites/1')).json()).toMatchObject({ code: 'job.no-results' });
  expect((await fetch(`${farm.url}/api/v1/jobs/${job}/sheet`)).status).toBe(401);
  for (const view of ['exposure=%2B1', 'layer=A', 'exposure=99'])
    expect(await (await get(`/frames/1/image?${view}`)).json(), view).toMatchObject({
      code: 'request.invalid',
    });
  expect((await get('/frames/1/image')).headers.get('content-type')).toBe('image/png');
});
