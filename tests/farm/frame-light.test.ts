/// <reference lib="dom" />
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Locator } from 'playwright-core';
import { expect, test } from 'vitest';
import { PageFarm } from './processes/page-farm.ts';
import { browserForTests } from './processes/test-browser.ts';

const run = promisify(execFile);
const browser = browserForTests();
const maker = fileURLToPath(new URL('./light-scene.py', import.meta.url));
const LAYERED = `import bpy
layer = bpy.context.view_layer
layer.use_pass_environment = True
bpy.context.scene.frame_end = 1
bpy.context.scene.render.image_settings.file_format = 'OPEN_EXR_MULTILAYER'
bpy.ops.wm.save_mainfile()`;

/** Mean light of a shown picture, 0 to 255. */
function meanLight(picture: Locator): Promise<number> {
  return picture.evaluate(async (image: HTMLImageElement) => {
    await image.decode();
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
    const pen = canvas.getContext('2d');
    pen?.drawImage(image, 0, 0);
    const { data } = pen?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] };
    return [...data].reduce((sum, value) => sum + value, 0) / Math.max(1, data.length);
  });
}

test('a frame of light that Blender rendered is made brighter and darker by keyboard, and shown layer by layer', async () => {
  await using farm = await PageFarm.open(browser(), { environment: {} });
  const { page } = farm;
  await run('blender', [
    '-b',
    '--factory-startup',
    '--python-exit-code',
    '7',
    '-P',
    maker,
    '--',
    farm.folder.path,
  ]);
  const scene = farm.folder.join('light.blend');
  await run('blender', [
    '-b',
    '--factory-startup',
    '--python-exit-code',
    '7',
    scene,
    '--python-expr',
    LAYERED,
  ]);
  const job = await farm.submit(scene, '--no-film');
  const state = async () => (await farm.get<{ state: string }>(`/jobs/${job}`)).state;
  await expect.poll(state, { timeout: 90_000 }).toBe('completed');
  await farm.goTo(`#/jobs/${job}/frames/1`);

  const picture = page.getByRole('application', { name: /^Frame 1/ }).getByRole('img', { name: 'Frame 1' });
  await picture.waitFor();
  const usual = await meanLight(picture);
  const exposure = page.getByRole('slider', { name: 'Exposure' });
  await exposure.focus();
  for (let steps = 0; steps < 4; steps += 1) await page.keyboard.press('ArrowRight');
  await page.getByText('+2 stops').waitFor();
  await expect.poll(() => meanLight(picture)).toBeGreaterThan(usual + 10);
  for (let steps = 0; steps < 10; steps += 1) await page.keyboard.press('ArrowLeft');
  await page.getByText('-3 stops').waitFor();
  await expect.poll(() => meanLight(picture)).toBeLessThan(usual - 10);

  const layer = page.getByRole('combobox', { name: 'Layer' });
  const names = await layer.getByRole('option').allTextContents();
  expect(
    names.some((name) => /env/i.test(name)),
    names.join(', '),
  ).toBe(true);
  await layer.selectOption(names.find((name) => /env/i.test(name)) ?? '');
  await expect.poll(() => picture.getAttribute('src')).toMatch(/layer=.*Env/);
  await expect.poll(() => meanLight(picture)).toBeGreaterThan(0);
  expect(farm.complaints).toEqual([]);
});
