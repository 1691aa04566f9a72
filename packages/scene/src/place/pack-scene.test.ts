import { copyFile, mkdir, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Manifest } from '@akashganga/protocol';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type CollectOptions, collectScene } from '../collect/collect-scene.ts';
import { listScene } from '../collect/list-scene.ts';
import { STRUCTS } from '../fixtures/blends.fixture.ts';
import { FixtureFolder, FORM } from '../fixtures/fixture-folder.fixture.ts';
import { smallBlend } from '../fixtures/small-blend.fixture.ts';
import { readBlend } from '../references/read-blend.ts';
import { packScene } from './pack-scene.ts';

let folder: FixtureFolder;
let disk: CollectOptions;
beforeEach(async () => {
  folder = await FixtureFolder.make();
  disk = { platform: process.platform, home: folder.join('home') };
  await mkdir(folder.join('temporary'));
});
afterEach(() => folder[Symbol.asyncDispose]());

/** Collects and packs a scene, and puts its tree into `away`, as a worker would. */
async function send(path: string, away = 'away') {
  const collected = await collectScene(path, disk);
  const packed = await packScene(collected, { ...disk, temporary: folder.join('temporary') });
  expect(Manifest.safeParse(JSON.parse(packed.manifest.toString())).error).toBeUndefined();
  for (const { file, path: source } of packed.files) {
    await mkdir(dirname(folder.join(away, file.path)), { recursive: true });
    await copyFile(source, folder.join(away, file.path));
  }
  await packed.close();
  expect(await readdir(folder.join('temporary'))).toEqual([]);
  const { missing, missingInLibraries } = listScene(collected);
  const paths = packed.files.map(({ file }) => file.path).sort();
  return { packed, paths, missing, missingInLibraries, entry: folder.join(away, packed.entry) };
}

/** What a .blend in the tree finds there: the content of the files its images lead to. */
async function seen(entry: string): Promise<string[]> {
  const { blends } = await collectScene(entry, disk);
  const files = blends.flatMap(({ references }) =>
    references.flatMap((one) => one.files.map((file) => join(one.folder ?? '', file))),
  );
  const contents = await Promise.all(
    files.filter((file) => !file.endsWith('.blend')).map((file) => readFile(file, 'utf8')),
  );
  return contents.sort();
}

test('what is reached by relative paths keeps its place and its bytes', async () => {
  await folder.file('home/film/tex/wood.png');
  await folder.file('home/film/scenes/near.png');
  const scene = await folder.blend('home/film/scenes/a.blend', ['//../tex/wood.png', '//near.png']);
  const { packed, paths, entry } = await send(scene);
  expect(paths).toEqual(['scenes/a.blend', 'scenes/near.png', 'tex/wood.png']);
  expect(packed.rewritten).toBe(0);
  expect(await readFile(entry)).toEqual(await readFile(scene));
});

test('absolute paths are rewritten to where the files are in the tree, without the names of folders outside', async () => {
  const wood = await folder.file('home/secret client/wood ü.png');
  await folder.file('home/film/stone.png');
  const scene = await folder.blend('home/film/a.blend', [wood, '//stone.png']);
  const { paths, entry } = await send(scene);
  expect(paths).toEqual(['a.blend', 'outside/1/wood ü.png', 'stone.png']);
  const { references } = await readBlend(entry);
  expect(references.map(({ path }) => path)).toEqual(['//outside/1/wood ü.png', '//stone.png']);
  expect((await readFile(entry)).includes('secret client')).toBe(false);
});

test('the same scene packed twice gives the same digests', async () => {
  const wood = await folder.file('home/other/wood.png');
  const scene = await folder.blend('home/film/a.blend', [wood]);
  expect((await send(scene)).packed.manifest).toEqual((await send(scene)).packed.manifest);
});

test('libraries bring their own files and libraries, in paths relative to themselves', async () => {
  await folder.file('home/shared/props/tex/chair.png', 'chair');
  await folder.file('home/paint/deep.png', 'deep');
  const paint = await folder.blend('home/paint/paint.blend', ['//deep.png']);
  const chair = await folder.blend('home/shared/props/chair.blend', ['//tex/chair.png'], [paint]);
  const scene = await folder.blend('home/film/a.blend', [], [chair]);
  const { entry, missing, paths } = await send(scene);
  expect(missing).toEqual([]);
  expect(paths).toHaveLength(5);
  await rm(folder.join('home'), { recursive: true });
  expect(await seen(entry)).toEqual(['chair', 'deep']);
});

test('libraries that link each other in a circle end', async () => {
  await folder.blend('home/b.blend', [], ['//a.blend']);
  const scene = await folder.blend('home/a.blend', [], ['//b.blend', '//b.blend']);
  expect((await send(scene)).paths).toEqual(['a.blend', 'b.blend']);
});

test('tiles, sequences and their gaps', async () => {
  for (const name of ['w.1001.png', 'w.1003.png', 's_0001.png', 's_0007.png', 's_x.png'])
    await folder.file(`home/far/${name}`);
  const far = folder.join('home/far');
  const scene = await folder.blend('home/film/a.blend', [`${far}/w.<UDIM>.png`, `${far}/s_0001.png`]);
  const { paths, entry } = await send(scene);
  const names = ['s_0001.png', 's_0007.png', 'w.1001.png'];
  expect(paths).toEqual(['a.blend', ...names.map((name) => `outside/1/${name}`)]);
  expect((await readBlend(entry)).references.map(({ path }) => path)).toEqual([
    '//outside/1/w.<UDIM>.png',
    '//outside/1/s_0001.png',
  ]);
});

describe('names', () => {
  test('that differ only in case, or in how an accent is written, all arrive', async () => {
    await folder.file('home/Wood.png', 'large');
    await folder.file('home/wood.png', 'small');
    await folder.file('home/\u00fc.png', 'one letter');
    await folder.file('home/u\u0308.png', 'two letters');
    const images = ['//Wood.png', '//wood.png', '//\u00fc.png', '//u\u0308.png'];
    const { entry } = await send(await folder.blend('home/a.blend', images));
    expect(await seen(entry)).toEqual(['large', 'one letter', 'small', 'two letters']);
  });

  test('that Windows does not take are sent under others', async () => {
    const odd = ['a:b.png', 'a?b.png', 'aux.png', 'end. /in.png'];
    for (const name of odd) await folder.file(`home/${name}`, name);
    const { entry } = await send(
      await folder.blend(
        'home/con.blend',
        odd.map((name) => `//${name}`),
      ),
    );
    expect(await seen(entry)).toEqual([...odd].sort());
  });

  test('of the scene’s own folder "outside" stay', async () => {
    await folder.file('home/outside/in.png', 'inside');
    const other = await folder.file('home2/out.png', 'outside');
    const { entry, paths } = await send(await folder.blend('home/a.blend', ['//outside/in.png', other]));
    expect(paths).toContain('outside/in.png');
    expect(await seen(entry)).toEqual(['inside', 'outside']);
  });
});

describe('links', () => {
  test('to a file bring what they lead to, and one to a folder is followed', async () => {
    await folder.file('store/wood.png', 'wood');
    await folder.file('store/deep/stone.png', 'stone');
    await mkdir(folder.join('home'));
    await symlink(folder.join('store/wood.png'), folder.join('home/wood.png'));
    await symlink(folder.join('store/deep'), folder.join('home/tex'));
    const { entry } = await send(await folder.blend('home/a.blend', ['//wood.png', '//tex/stone.png']));
    await rm(folder.join('store'), { recursive: true });
    expect(await seen(entry)).toEqual(['stone', 'wood']);
  });

  test('that lead in a circle end', async () => {
    await folder.file('home/cache/c_000001_00.bphys');
    await symlink(folder.join('home/cache'), folder.join('home/cache/again'));
    const parts = [
      { code: 'OB', struct: 'Object', values: { id: { name: 'OBa' } } },
      { code: 'DATA', struct: 'PointCache', address: 5, values: { flag: 1 << 9, path: '//cache' } },
    ];
    const scene = await folder.file('home/a.blend', smallBlend(FORM, STRUCTS, parts));
    expect((await send(scene)).paths).toEqual(['a.blend', 'cache/c_000001_00.bphys']);
  });
});

test('a path far above the scene does not bring the folders of the whole computer', async () => {
  await folder.file('elsewhere/deep/wood.png', 'wood');
  const scene = await folder.blend('home/work/film/a.blend', ['//../../../elsewhere/deep/wood.png']);
  const { paths, entry } = await send(scene);
  expect(paths).toEqual(['a.blend', 'outside/1/wood.png']);
  expect(await seen(entry)).toEqual(['wood']);
});

test('the cache that Blender names after the .blend comes along', async () => {
  await folder.file('home/blendcache_a/x_000001_00.bphys');
  const parts = [
    { code: 'OB', struct: 'Object', values: { id: { name: 'OBa' } } },
    { code: 'DATA', struct: 'PointCache', address: 5, values: { flag: 1 << 6 } },
  ];
  const scene = await folder.file('home/a.blend', smallBlend(FORM, STRUCTS, parts));
  expect((await send(scene)).paths).toEqual(['a.blend', 'blendcache_a/x_000001_00.bphys']);
});

test('text that is kept apart from its data-block may grow when it is rewritten', async () => {
  const notes = await folder.file('n/t');
  const parts = [
    { code: 'TX', struct: 'Text', values: { id: { name: 'TXa' }, name: 7 } },
    { code: 'DATA', struct: 'raw_data', address: 7, text: notes },
    { code: 'IM', struct: 'Image', values: { id: { name: 'IMz' }, name: '//z.png', source: 1 } },
  ];
  await folder.file('home/z.png');
  const scene = await folder.file('home/a.blend', smallBlend(FORM, STRUCTS, parts));
  const { entry } = await send(scene);
  expect((await readBlend(entry)).references.map(({ path }) => path)).toEqual(['//outside/1/t', '//z.png']);
});

test('what is missing is told with who needs it, apart for libraries', async () => {
  const library = await folder.blend('home/l.blend', ['//gone too.png']);
  const scene = await folder.blend(
    'home/a.blend',
    ['C:\\gone.png', '//w.<UDIM>.png'],
    [library, '//no.blend'],
  );
  const { missing, missingInLibraries } = await send(scene);
  expect(missing).toEqual([
    { kind: 'image', name: '0', path: 'C:\\gone.png', blend: scene },
    { kind: 'image', name: '1', path: '//w.1001.png', blend: scene },
    { kind: 'library', name: 'b', path: '//no.blend', blend: scene },
  ]);
  expect(missingInLibraries).toMatchObject([{ path: '//gone too.png', blend: library }]);
});

test('a library that is no .blend is said and sent as it is', async () => {
  const library = await folder.file('home/l.blend', 'a text');
  const collected = await collectScene(await folder.blend('home/a.blend', [], ['//l.blend']), disk);
  expect(collected.unreadable).toMatchObject([{ path: library }]);
});

test('a file that vanishes between looking and packing is named, and no copy is left', async () => {
  const wood = await folder.file('far/wood.png');
  const collected = await collectScene(await folder.blend('home/a.blend', [wood]), disk);
  await rm(wood);
  await expect(packScene(collected, { ...disk, temporary: folder.join('temporary') })).rejects.toMatchObject({
    code: 'scene.file-changed',
    message: expect.stringContaining(wood),
  });
  expect(await readdir(folder.join('temporary'))).toEqual([]);
});
