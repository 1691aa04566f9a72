import { execFile } from 'node:child_process';
import { readdir, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { collectScene, listScene, readBlend } from '@akashganga/scene';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeRealScenes } from './processes/scenes.ts';
import { TestFolder } from './processes/test-folder.ts';

const run = promisify(execFile);
const here = dirname(fileURLToPath(import.meta.url));
const blender = process.env.AKASHGANGA_BLENDER ?? 'blender';

interface Told {
  readonly path: string;
  readonly version: string;
  readonly activeScene: string;
  readonly scenes: readonly unknown[];
  readonly paths: readonly string[];
}

let folder: TestFolder;
const told = new Map<string, Told>();

beforeAll(async () => {
  folder = await TestFolder.make();
  await makeRealScenes(folder);
  const kinds = await ask('scene-kinds.py', folder.join('kinds'));
  await run(blender, [...BATCH, join(here, 'scattered-scene.py'), '--', folder.join('scattered')]);
  const others = [
    ...(await blends(folder.join('scenes'))),
    ...(await blends(join(here, '../../examples'))),
    folder.join('scattered/project/scenes/scattered.blend'),
    folder.join('scattered/libraries/props/props.blend'),
  ];
  for (const one of [...kinds, ...(await ask('scene-kinds.py', '--of', ...others))]) told.set(one.path, one);
}, 240_000);
afterAll(() => folder?.[Symbol.asyncDispose]());

const BATCH = ['-b', '--factory-startup', '--python-exit-code', '7', '-P'];

test('every file is read as Blender reads it: version, scenes, and each path of each kind', async () => {
  expect(told.size).toBeGreaterThan(10);
  for (const [path, theirs] of told) {
    const ours = await readBlend(path);
    expect(ours.header.blender, path).toBe(theirs.version);
    expect(ours.activeScene, path).toBe(theirs.activeScene);
    expect(byName(ours.scenes), path).toEqual(theirs.scenes);
    const paths = ours.references.flatMap((one) =>
      one.shape === 'named'
        ? one.named.map(({ name }) => `${one.path.replace(/\/$/, '')}/${name}`)
        : [one.path],
    );
    expect(alike(paths), path).toEqual(alike(theirs.paths));
  }
});

test('all kinds are among them', async () => {
  const { references } = await readBlend(folder.join('kinds/packed.blend'));
  const kinds = new Set(references.map(({ kind }) => kind));
  expect([...kinds].sort()).toEqual([
    'IES file',
    'OSL script',
    'cache file',
    'fluid cache',
    'image',
    'image strip',
    'library',
    'mesh cache',
    'movie clip',
    'point cache',
    'sound',
    'text',
    'volume',
  ]);
});

test('what Blender misses when it opened the file is what was missing before, of every kind', async () => {
  await rm(folder.join('kinds/strips/s_2.png'));
  const path = folder.join('kinds/kinds.blend');
  const { missing } = listScene(await collectScene(path, { platform: process.platform, home: homedir() }));
  const driver = join(here, '../../packages/worker/driver');
  const tell = `import sys; sys.path.insert(0, ${JSON.stringify(driver)}); import json, missing; print('missing ' + json.dumps([one['path'] for one in missing.missing_files()]))`;
  const { stdout } = await run(blender, ['-b', path, '--python-exit-code', '7', '--python-expr', tell]);
  const theirs = JSON.parse(/^missing (.*)$/m.exec(stdout)?.[1] ?? '[]') as string[];
  expect(alike(missing.map((one) => one.path))).toEqual(alike(theirs));
  expect(theirs).toHaveLength(16);
});

async function ask(script: string, ...args: string[]): Promise<Told[]> {
  const { stdout } = await run(blender, [...BATCH, join(here, script), '--', ...args], {
    maxBuffer: 1 << 26,
  });
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('told '))
    .map((line) => JSON.parse(line.slice(5)) as Told);
}

async function blends(of: string): Promise<string[]> {
  const names = await readdir(of);
  return names.filter((name) => name.endsWith('.blend')).map((name) => join(of, name));
}

/** Blender turns some backslashes round as it loads, and lists pictures without a file as an empty path. */
function alike(paths: readonly string[]): string[] {
  return [...new Set(paths.map((path) => path.replaceAll('\\', '/')))].filter(Boolean).sort();
}

function byName(scenes: readonly { readonly name: string }[]) {
  return [...scenes].sort((a, b) => (a.name < b.name ? -1 : 1));
}
