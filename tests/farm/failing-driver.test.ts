import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { lookAtFilm } from './processes/look-at-film.ts';
import { expectProblem } from './processes/problems.ts';
import { TestFarm } from './processes/test-farm.ts';
import { TestFolder } from './processes/test-folder.ts';

// A driver that divides by zero in the second of three frames, by real Blender, which goes on without a word.
const run = promisify(execFile);
let folder: TestFolder;

const make = (path: string) => `
import bpy
scene = bpy.context.scene
scene.render.engine = "BLENDER_WORKBENCH"
scene.frame_start, scene.frame_end = 1, 3
scene.render.resolution_x, scene.render.resolution_y = 64, 36
bpy.data.objects["Cube"].driver_add("location", 0).driver.expression = "1 / (frame - 2)"
bpy.ops.wm.save_as_mainfile(filepath=${JSON.stringify(path)})
`;

beforeAll(async () => {
  folder = await TestFolder.make();
  const blender = process.env.AKASHGANGA_BLENDER ?? 'blender';
  const words = ['-b', '--factory-startup', '--python-exit-code', '7', '--python-expr'];
  await run(blender, [...words, make(folder.join('driven.blend'))]);
});
afterAll(() => folder[Symbol.asyncDispose]());

test('a driver that fails ends its job, and with --allow-missing every frame is in the film', async () => {
  await using farm = await TestFarm.start(folder, { environment: {}, workers: 1 });
  const film = folder.join('driven.mp4');
  const render = ['render', folder.join('driven.blend'), '--output', film];
  const refused = await farm.command(render);
  expectProblem(refused, 1, 'scene.driver-failed', ['frame 2', 'Division by Zero', '--allow-missing']);
  const allowed = await farm.command([...render, '--allow-missing']);
  expect(allowed).toMatchObject({ code: 0, last: { event: 'completed', frames: 3, film } });
  expect(await lookAtFilm(film)).toMatchObject({ frames: 3 });
});
