/// <reference lib="dom" />
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { PageFarm } from './processes/page-farm.ts';
import { browserForTests } from './processes/test-browser.ts';

const browser = browserForTests();

test('a dropped scene is read, lacks a file, gets it by another drop, shows a preview and renders when started', async () => {
  await using farm = await PageFarm.open(browser(), { environment: {} });
  const { folder, page } = farm;
  await makeTexturedScene(folder.path);
  await page.getByRole('link', { name: 'Submit', exact: true }).click();

  await drop(page, 'Drop your scene here', [folder.join('textures/wood.png')]);
  await page.getByText('There is no .blend among these files').waitFor();
  await drop(page, 'Drop your scene here', [folder.join('shot/textured.blend')]);
  await page.getByText(/1 file, .* written by Blender 3\.4/).waitFor();
  await page.getByRole('textbox', { name: 'Your name' }).fill('anna');
  await page.getByRole('button', { name: 'Send and look first' }).click();

  await page.getByText('Drop the 1 missing file here').waitFor();
  const lacking = page.url();
  await drop(page, 'Drop the 1 missing file here', [folder.join('shot/textured.blend')]);
  await page.getByText('Not among them: //../textures/wood.png').waitFor();
  await drop(page, 'Drop the 1 missing file here', [folder.join('textures/wood.png')]);

  await page.getByText('Read, and ready to start').waitFor();
  expect(page.url()).not.toBe(lacking);
  const job = page.url().split('/').at(-1) ?? '';
  await page.getByRole('button', { name: 'Preview one frame' }).click();
  await page.getByText('Frame 3, small.').waitFor();
  expect(await page.getByText('paused', { exact: false }).count()).toBeGreaterThan(0);

  await page.getByRole('button', { name: 'Start rendering' }).click();
  await page.getByText('6 of 6 frames').waitFor({ timeout: 120_000 });
  const frame = await page.request.get(`${farm.base}api/v1/jobs/${job}/frames/6/image`);
  const { channels } = await sharp(await frame.body()).stats();
  const [red, green] = channels.map(({ mean }) => mean);
  expect(green, 'the texture is on the plane').toBeGreaterThan((red ?? 255) + 50);
  expect(farm.complaints).toEqual([]);
});

async function makeTexturedScene(folder: string): Promise<void> {
  const script = fileURLToPath(new URL('textured-scene.py', import.meta.url));
  const blender = process.env.AKASHGANGA_BLENDER ?? 'blender';
  const args = ['-b', '--factory-startup', '--python-exit-code', '7', '--python', script, '--', folder];
  await promisify(execFile)(blender, args);
}

/** Drops files on the area with this title, as a person would. */
async function drop(page: Page, title: string, paths: readonly string[]): Promise<void> {
  const files = await Promise.all(
    paths.map(async (path) => ({
      name: path.split('/').at(-1) ?? '',
      bytes: (await readFile(path)).toString('base64'),
    })),
  );
  const transfer = await page.evaluateHandle((given) => {
    const transfer = new DataTransfer();
    for (const { name, bytes } of given)
      transfer.items.add(new File([Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0))], name));
    return transfer;
  }, files);
  await page.getByText(title).dispatchEvent('drop', { dataTransfer: transfer });
}
