import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findBlender, openSession } from '../../packages/worker/src/session/index.ts';

// What an examination says of the programs that a scene carries, by real Blender.
const run = promisify(execFile);
let blender: string;
let folder: string;

beforeAll(async () => {
  const found = await findBlender({ override: process.env.AKASHGANGA_BLENDER, environment: process.env });
  if (!found) throw new Error('These tests need Blender.');
  blender = found.path;
  folder = await mkdtemp(join(tmpdir(), 'akg-scripts-'));
  const maker = fileURLToPath(new URL('./script-scenes.py', import.meta.url));
  await run(blender, ['-b', '--factory-startup', '--python-exit-code', '7', '-P', maker, '--', folder]);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function warnings(scene: string, trustScripts: boolean): Promise<string[]> {
  await using session = await openSession({
    ...{ blender, scene: join(folder, `${scene}.blend`), trustScripts, environment: process.env },
    folder: await mkdtemp(join(folder, 'session-')),
  });
  return (await session.describe()).warnings;
}

test('with scripts off, what does not run is named, and what would let it', async () => {
  expect(await warnings('scripts', false)).toEqual([
    'Scripts are off: follow.py, rig.py would run when the scene is opened.',
    'Scripts are off: handlers, which act at each frame or event, would come from follow.py.',
    'Scripts are off: drivers that need more than a simple expression do nothing: Cube location, Material nodes["Principled BSDF"].inputs[9].default_value.',
    'The picture may depend on these: submit it with --trust-scripts to let them run.',
  ]);
});

test('with scripts trusted, what runs is named', async () => {
  expect(await warnings('scripts', true)).toEqual([
    'Scripts are trusted: follow.py, rig.py ran when the scene was opened.',
    'Scripts are trusted: handlers act at each frame or event: follow (frame_change_pre).',
    'Scripts are trusted: drivers run Python: Cube location, Cube scale, Material nodes["Principled BSDF"].inputs[9].default_value.',
  ]);
});

test('Freestyle style modules run either way, and that is said', async () => {
  expect((await warnings('freestyle', false)).at(-1)).toBe(
    'Freestyle style modules are programs, and run whether or not scripts are trusted: style.py.',
  );
});

test('drivers and programs that fail when the scene is opened are named', async () => {
  const failing = 'Drivers fail, and their properties stay as they were saved: Cube location.';
  expect(await warnings('failing', false)).toEqual([
    'Scripts are off: broken.py would run when the scene is opened.',
    'Scripts are off: drivers that need more than a simple expression do nothing: Light location.',
    'The picture may depend on these: submit it with --trust-scripts to let them run.',
    failing,
  ]);
  expect(await warnings('failing', true)).toEqual([
    'Scripts are trusted: broken.py ran when the scene was opened.',
    'Scripts are trusted: drivers run Python: Light location.',
    failing,
    "A program of the scene failed when it was opened (broken.py, line 2): NameError: name 'set_up' is not defined",
  ]);
});

test('of a scene without programs nothing is said', async () => {
  expect(await warnings('plain', false)).toEqual([]);
  expect(await warnings('plain', true)).toEqual([]);
});
