import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { fakeScene } from '../../fakes/fake-blender/fake-scene.mjs';
import type { TestFolder } from './test-folder.ts';

const run = promisify(execFile);

/** Writes a scene for the fake Blender; `version` is the one that its header claims. */
export async function writeFakeScene(
  folder: TestFolder,
  scene: object,
  options: { name?: string; version?: number } = {},
): Promise<string> {
  const path = folder.join(`${options.name ?? 'scene'}.blend`);
  await writeFile(path, fakeScene(scene, options.version));
  return path;
}

/** Makes the small scenes of `examples/` with the real Blender, which these tests need. */
export async function makeRealScenes(folder: TestFolder): Promise<(name: string) => string> {
  const script = fileURLToPath(new URL('../../../examples/make-small-scenes.py', import.meta.url));
  const blender = process.env.AKASHGANGA_BLENDER ?? 'blender';
  const target = folder.join('scenes');
  await run(blender, ['-b', '--factory-startup', '--python-exit-code', '7', '-P', script, '--', target]);
  return (name) => folder.join('scenes', `${name}.blend`);
}
