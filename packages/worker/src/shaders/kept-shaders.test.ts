import { link, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { KeptShaders } from './kept-shaders.ts';

let folder: string;
let homes = 0;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'akashganga-shaders-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

/** The home of a session that has ended, with these files in its cache. */
async function homeWith(files: Readonly<Record<string, string>>): Promise<string> {
  homes += 1;
  const home = join(folder, `home-${homes}`);
  await mkdir(join(home, '.cache', 'mesa'), { recursive: true });
  for (const [name, text] of Object.entries(files)) await writeFile(join(home, '.cache', 'mesa', name), text);
  return home;
}

async function brought(shaders: KeptShaders): Promise<string[]> {
  const home = await homeWith({});
  await shaders.bring(home);
  return (await readdir(join(home, '.cache', 'mesa'))).sort();
}

const shadersOf = (scene: string) => new KeptShaders(join(folder, 'shaders'), scene);

test('what one session left is there for the next of the same scene, and for no other', async () => {
  const home = await homeWith({ index: 'one' });
  await shadersOf('a').keep(home);
  expect(await readdir(home)).toEqual([]);
  expect(await brought(shadersOf('a'))).toEqual(['index']);
  expect(await brought(shadersOf('b'))).toEqual([]);
});

test('the last session to end is right', async () => {
  await shadersOf('a').keep(await homeWith({ index: 'one' }));
  await shadersOf('a').keep(await homeWith({ index: 'two', more: '' }));
  expect(await brought(shadersOf('a'))).toEqual(['index', 'more']);
  const home = await homeWith({});
  await shadersOf('a').bring(home);
  expect(await readFile(join(home, '.cache', 'mesa', 'index'), 'utf8')).toBe('two');
});

test('a link, a second name and too much are not kept, and nothing of them stays', async () => {
  const secret = join(folder, 'secret');
  await writeFile(secret, 'secret');
  const linked = await homeWith({});
  await symlink(secret, join(linked, '.cache', 'mesa', 'index'));
  const named = await homeWith({});
  await link(secret, join(named, '.cache', 'mesa', 'index'));
  const large = await homeWith({ index: 'x'.repeat(33 * 1024 * 1024) });
  for (const home of [linked, named, large]) {
    await shadersOf('a').keep(home);
    expect(await brought(shadersOf('a'))).toEqual([]);
  }
  expect(await readdir(join(folder, 'shaders'))).toEqual([]);
});

test('of many scenes those used last are kept', async () => {
  await shadersOf('first').keep(await homeWith({ index: '' }));
  for (let scene = 0; scene < 20; scene += 1)
    await shadersOf(String(scene)).keep(await homeWith({ index: '' }));
  expect(await brought(shadersOf('19'))).toEqual(['index']);
  expect(await brought(shadersOf('first'))).toEqual([]);
  expect(await readdir(join(folder, 'shaders'))).toHaveLength(16);
});
