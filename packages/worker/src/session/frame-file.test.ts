import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { requireFrameFile } from './frame-file.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'akashganga-frame-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

test('a full file of the asked name passes', async () => {
  await writeFile(join(folder, '0001.exr'), 'picture');
  await requireFrameFile(join(folder, '0001.exr'), join(folder, '0001'), 1);
});

test.each(['0002.png', '00010.png', '0001', '0001/../secret.png', '0001.png/x', '0001.PNG'])(
  'the name %s is refused for frame 0001',
  async (name) => {
    await writeFile(join(folder, 'secret.png'), 'secret');
    const refused = requireFrameFile(`${folder}/${name}`, join(folder, '0001'), 1);
    await expect(refused).rejects.toMatchObject({ code: 'render.no-file' });
  },
);

test('an empty file is no frame', async () => {
  await writeFile(join(folder, '0003.png'), '');
  const refused = requireFrameFile(join(folder, '0003.png'), join(folder, '0003'), 3);
  await expect(refused).rejects.toMatchObject({ code: 'render.no-file' });
});
