import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PARTS, STRUCTS } from '../fixtures/blends.fixture.ts';
import { type BlendPart, type Form, type Structs, smallBlend } from '../fixtures/small-blend.fixture.ts';
import { readBlend } from './read-blend.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'akashganga-blend-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const modern: Form = { pointerSize: 8, isLittle: true, version: 304 };
const whole = smallBlend(modern, STRUCTS, PARTS);

test.each([
  ['of 32 bits, little end first', { pointerSize: 4, isLittle: true, version: 249 }, '2.49'],
  ['of 32 bits, big end first', { pointerSize: 4, isLittle: false, version: 250 }, '2.50'],
  ['of 64 bits, big end first', { pointerSize: 8, isLittle: false, version: 279 }, '2.79'],
  ['of 64 bits', modern, '3.4'],
  ['of Blender 5', { pointerSize: 8, isLittle: true, version: 501 }, '5.1'],
] as const)('a file %s is read by its own description', async (name, form, blender) => {
  const contents = await readBlend(await file(name, smallBlend(form, STRUCTS, PARTS)));
  expect(contents.header.blender).toBe(blender);
  expect(contents.activeScene).toBe('Second');
  expect(contents.scenes[1]).toEqual({
    name: 'Second',
    frameStart: 5,
    frameEnd: 90,
    frameStep: 2,
    fps: 30,
    fpsBase: 1.5,
    width: 640,
    height: 360,
    percent: 50,
    engine: 'CYCLES',
    camera: 'Eye',
  });
  const found = contents.references.map((one) => [one.kind, one.name, one.path, one.shape]);
  expect(found).toEqual([
    ['image strip', 'Plates', '//plates/', 'named'],
    ['image', 'File', '//wood ü.png', 'file'],
    ['image', 'Sequence', '/elsewhere/s_001.png', 'sequence'],
    ['image', 'Tiles', '//w.<UDIM>.png', 'tiles'],
    ['text', 'Notes', '/home/me/notes.txt', 'file'],
    ['library', 'props', 'C:\\props\\all.blend', 'file'],
  ]);
  expect(contents.references[0]?.named.map((one) => one.name)).toEqual(['a_1.png', 'a_2.png']);
  expect(contents.references[3]?.tiles).toEqual([1001, 1012]);
  expect(contents.usesCacheFolder).toBe(true);
});

test('a file packed with gzip says the same', async () => {
  const packed = await readBlend(await file('packed', gzipSync(whole)));
  expect(packed).toEqual(await readBlend(await file('plain', whole)));
});

test('a path may be under the name that later Blenders gave it', async () => {
  const structs = { ...STRUCTS, Image: ['ID id', 'short source', 'char filepath[1024]'] };
  const parts = [
    { code: 'IM', struct: 'Image', values: { id: { name: 'IMa' }, filepath: '//a.png', source: 1 } },
  ];
  const { references } = await readBlend(await file('renamed', smallBlend(modern, structs, parts)));
  expect(references).toMatchObject([{ kind: 'image', name: 'a', path: '//a.png' }]);
});

test('pictures that only brushes use are not needed for sure', async () => {
  const structs: Structs = {
    ...STRUCTS,
    MTex: ['Object *object', 'Tex *tex'],
    Tex: ['ID id', 'Image *ima'],
    Brush: ['ID id', 'MTex mtex', 'MTex mask_mtex'],
  };
  const image = (address: number, us: number): BlendPart => ({
    code: 'IM',
    struct: 'Image',
    address,
    values: { id: { name: `IM${address}`, us }, name: `//${address}.png`, source: 1 },
  });
  const tex = (address: number, ima: number, us: number): BlendPart => ({
    code: 'TE',
    struct: 'Tex',
    address,
    values: { id: { name: 'TEa', us }, ima },
  });
  const brush = (texture: number): BlendPart => ({
    code: 'BR',
    struct: 'Brush',
    values: { id: { name: 'BRa' }, mtex: { tex: texture } },
  });
  // 1: a brush alone; 2: a brush and something else; 3: a texture that a brush and something else use; 4: neither.
  const parts = [
    ...[brush(11), tex(11, 1, 1), image(1, 1)],
    ...[brush(12), tex(12, 2, 1), image(2, 2)],
    ...[brush(13), tex(13, 3, 2), image(3, 1)],
    image(4, 1),
    // A newer Blender, which counts no users.
    ...[brush(15), tex(15, 5, 0), image(5, 0)],
  ];
  const { references } = await readBlend(await file('brushes', smallBlend(modern, structs, parts)));
  const needed = references.map(({ path, isNeeded }) => [path, isNeeded]);
  expect(needed).toEqual([
    ['//1.png', false],
    ['//2.png', true],
    ['//3.png', true],
    ['//4.png', true],
    ['//5.png', false],
  ]);
});

describe('what is no whole .blend is refused:', () => {
  test.each([
    ['empty', Buffer.alloc(0), 'it is empty'],
    ['exe', Buffer.concat([Buffer.from('MZ'), Buffer.alloc(200)]), 'a Windows program'],
    ['short', Buffer.from('BLEN'), 'only 4 bytes'],
    ['text', Buffer.from('this is a text about Blender'), 'does not begin as one does'],
  ])('%s is not a .blend, and the sentence says what it is', async (name, bytes, words) => {
    await expect(readBlend(await file(name, bytes))).rejects.toMatchObject({
      code: 'scene.not-blend',
      message: expect.stringContaining(words),
    });
  });

  test.each([100, 3000, whole.length - 25])('cut at byte %d, plain or gzip', async (at) => {
    const cut = { code: 'scene.truncated' };
    await expect(readBlend(await file(`cut-${at}`, whole.subarray(0, at)))).rejects.toMatchObject(cut);
    const zipped = gzipSync(whole, { level: 0 }).subarray(0, at);
    await expect(readBlend(await file(`cut-gz-${at}`, zipped))).rejects.toMatchObject(cut);
  });

  test('without a description of its data', async () => {
    const bytes = Buffer.concat([Buffer.from('BLENDER-v304'), Buffer.from('ENDB'), Buffer.alloc(20)]);
    const read = readBlend(await file('no-dna', bytes));
    await expect(read).rejects.toMatchObject({ code: 'scene.truncated' });
  });
});

async function file(name: string, bytes: Buffer): Promise<string> {
  const path = join(folder, `${name}.blend`);
  await writeFile(path, bytes);
  return path;
}

test('a zip is not opened, whatever lies in it: what it is, is said', async () => {
  const path = await file('film.blend', Buffer.from('PK\x03\x04 and a name: ../../a.blend'));
  await expect(readBlend(path)).rejects.toThrow('it is a zip archive; unpack it first');
});
