import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { blobCounter } from './blob-count.ts';

test('blobs are counted with their bytes, and not again for five minutes', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'akg-'));
  let now = 1000;
  const count = blobCounter(join(folder, 'blobs'), () => now);
  expect(await count()).toEqual({ count: 0, bytes: 0, at: 1000 });
  await mkdir(join(folder, 'blobs', 'ab'), { recursive: true });
  await writeFile(join(folder, 'blobs', 'ab', 'abc'), 'twelve bytes');
  now += 299_000;
  expect((await count()).count).toBe(0);
  now += 1000;
  expect(await count()).toEqual({ count: 1, bytes: 12, at: now });
  await rm(folder, { recursive: true });
});
