import { expect, it } from 'vitest';
import { placeMissing } from './place-missing.ts';
import type { SceneFile } from './scene-files.ts';

const file = (path: string): SceneFile => ({ path, file: new Blob([path]) });
const missing = (path: string) => ({ kind: 'image', name: 'wood', path });
const scene = { files: [file('shot/a.blend')], entry: 'shot/a.blend' };

it('puts a dropped file where the scene looks for it', () => {
  const mended = placeMissing(scene, [missing('//tex/wood.png')], [file('Wood.PNG')]);
  expect(mended.files.map(({ path }) => path)).toEqual(['shot/a.blend', 'shot/tex/wood.png']);
  expect(mended.missing).toEqual([]);
});

it('takes the one whose folders are alike when several have the name', () => {
  const dropped = [file('b/wood.png'), file('a/tex/wood.png')];
  const mended = placeMissing(scene, [missing('//tex/wood.png')], dropped);
  expect(mended.files.at(-1)?.file).toBe(dropped[1]?.file);
});

it('moves the scene down when a path leads above it', () => {
  const mended = placeMissing(scene, [missing('//../../lib/wood.png')], [file('wood.png')]);
  expect(mended.entry).toBe('up/shot/a.blend');
  expect(mended.files.map(({ path }) => path)).toEqual(['up/shot/a.blend', 'lib/wood.png']);
});

it('says what is still missing: files that were not dropped, and paths that belong to one computer', () => {
  const asked = [missing('//oak.png'), missing('C:\\tex\\wood.png')];
  expect(placeMissing(scene, asked, [file('wood.png')]).missing).toEqual(asked);
});
