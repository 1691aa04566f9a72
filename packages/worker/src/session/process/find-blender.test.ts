import { chmod, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findBlender } from './find-blender.ts';

const fakeBlender = fileURLToPath(
  new URL('../../../../../tests/fakes/fake-blender/fake-blender.mjs', import.meta.url),
);

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'akashganga-find-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

test('the override is asked for its version', async () => {
  const found = await findBlender({ override: fakeBlender, environment: process.env });
  expect(found).toEqual({ path: fakeBlender, version: '3.4.1' });
});

test('an override that does not work is not replaced by another Blender', async () => {
  const liar = join(folder, 'liar');
  await writeFile(liar, '#!/bin/sh\necho "Mixer 1.0"\n');
  await chmod(liar, 0o755);
  expect(await findBlender({ override: liar, environment: process.env })).toBeNull();
  expect(await findBlender({ override: join(folder, 'nothing'), environment: process.env })).toBeNull();
});

test('the first blender on PATH is taken', async () => {
  const path = join(folder, 'blender');
  await symlink(fakeBlender, path);
  const environment = { PATH: `${folder}:${process.env.PATH}` };
  expect(await findBlender({ environment, platform: 'linux' })).toEqual({ path, version: '3.4.1' });
});
