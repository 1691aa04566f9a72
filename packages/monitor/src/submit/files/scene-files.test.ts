import { expect, it } from 'vitest';
import {
  blendsIn,
  nameOfScene,
  type SceneFile,
  withoutCommonFolder,
  withoutLeftOvers,
} from './scene-files.ts';

const files = (...paths: string[]): SceneFile[] => paths.map((path) => ({ path, file: new Blob() }));
const paths = (given: readonly SceneFile[]) => given.map(({ path }) => path);

it('leaves hidden files and backups behind', () => {
  const all = files(
    'a.blend',
    'a.blend1',
    'a.blend@',
    '.DS_Store',
    't/.hidden',
    'Thumbs.db',
    't/Icon\r',
    '__MACOSX/a',
    '.git/x',
    't/b.png',
  );
  expect(paths(withoutLeftOvers(all))).toEqual(['a.blend', 't/b.png']);
});

it('takes the folder that holds everything out of the paths, however deep, and never a name', () => {
  expect(paths(withoutCommonFolder(files('x/y/a.blend', 'x/y/t/b.png')))).toEqual(['a.blend', 't/b.png']);
  expect(paths(withoutCommonFolder(files('x/a.blend', 'xy/b.png')))).toEqual(['x/a.blend', 'xy/b.png']);
  expect(paths(withoutCommonFolder(files('x/a.blend')))).toEqual(['a.blend']);
});

it('offers the .blend nearest to the top first', () => {
  expect(blendsIn(files('lib/b.blend', 'z.blend', 'a.BLEND', 'n.txt'))).toEqual([
    'a.BLEND',
    'z.blend',
    'lib/b.blend',
  ]);
});

it('calls a job as its file is called', () => {
  expect(nameOfScene('shots/The Hill.blend')).toBe('The Hill');
  expect(nameOfScene('.blend')).toBe('scene');
});
