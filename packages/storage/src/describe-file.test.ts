import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cutPoint, LARGEST_CHUNK, ManifestFile } from '@akashganga/protocol';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { describeFile } from './describe-file.ts';
import { pseudoRandom } from './fixtures/pseudo-random.fixture.ts';
import { hashBytes } from './hash-bytes.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'akashganga-describe-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function fileOf(bytes: Buffer): Promise<string> {
  const path = join(folder, 'file');
  await writeFile(path, bytes);
  return path;
}

test.each([0, 1, 1000, LARGEST_CHUNK])('a file of %i bytes is one blob', async (size) => {
  const bytes = pseudoRandom(size);
  expect(await describeFile(await fileOf(bytes))).toEqual({ digest: hashBytes(bytes), size });
});

test.each([LARGEST_CHUNK + 1, 2 * LARGEST_CHUNK, 2 * LARGEST_CHUNK + 1, 30_000_000])(
  'a file of %i bytes is described with its chunks, as if it had been cut in one piece',
  async (size) => {
    const bytes = pseudoRandom(size);
    const facts = await describeFile(await fileOf(bytes));
    expect(facts).toMatchObject({ digest: hashBytes(bytes), size });
    expect(ManifestFile.safeParse({ path: 'scene.blend', ...facts }).success).toBe(true);
    let at = 0;
    for (const chunk of facts.chunks ?? []) {
      const expected = bytes.subarray(at, at + cutPoint(bytes.subarray(at)));
      expect(chunk).toEqual({ digest: hashBytes(expected), size: expected.length });
      at += chunk.size;
    }
    expect(at).toBe(size);
  },
);

test('a file that is written to while it is read is not described', async () => {
  const path = await fileOf(pseudoRandom(60_000_000));
  let isOver = false;
  const writing = (async () => {
    while (!isOver) await appendFile(path, 'more');
  })();
  await expect(describeFile(path)).rejects.toMatchObject({ code: 'scene.file-changed', details: { path } });
  isOver = true;
  await writing;
});

test('a file that is gone is named', async () => {
  const path = join(folder, 'gone');
  await expect(describeFile(path)).rejects.toMatchObject({ code: 'scene.file-changed', details: { path } });
});

test('reading stops when it is no longer wanted', async () => {
  const path = await fileOf(pseudoRandom(20_000_000));
  await expect(describeFile(path, AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
});
