import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from './fixtures/frames.fixture.ts';
import { readIdentity } from './identity.ts';

test('the id stays the same in a folder, and a torn file gives a new one', async () => {
  await using folder = await temporaryFolder();
  const id = await readIdentity(folder.path);
  expect(id).toMatch(/^fs-[a-z2-7]{10}$/);
  expect(await readIdentity(folder.path)).toBe(id);
  await writeFile(join(folder.path, 'identity.json'), '{"id":"fs-');
  expect(await readIdentity(folder.path)).not.toBe(id);
});
