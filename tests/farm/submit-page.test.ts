/// <reference lib="dom" />
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Browser, chromium, type Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Command } from './processes/command.ts';
import { TestFolder } from './processes/test-folder.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--disable-background-networking',
      '--no-first-run',
    ],
  });
});
afterAll(() => browser.close());

test('a dropped scene is read, lacks a file, gets it by another drop, shows a preview and renders when started', async () => {
  await using folder = await TestFolder.make();
  await makeTexturedScene(folder.path);
  const local = ['--host', '127.0.0.1', '--address', '127.0.0.1', '--port', '0', '--frames-port', '0'];
  const up = new Command(['up', '--json', '--data', folder.join('data'), ...local], {}, folder.path);
  const { page: link } = await up.event('up');
  const page = await browser.newPage();
  const complaints = listen(page);
  await page.goto(String(link));
  await page.getByRole('link', { name: 'Submit', exact: true }).click();

  await drop(page, 'Drop your scene here', [folder.join('textures/wood.png')]);
  await page.getByText('There is no .blend among these files').waitFor();
  await drop(page, 'Drop your scene here', [folder.join('shot/textured.blend')]);
  await page.getByText(/1 file, .* written by Blender 3\.4/).waitFor();
  await page.getByRole('textbox', { name: 'Your name' }).fill('anna');
  await page.getByRole('button', { name: 'Send and look first' }).click();

  await page.getByText('Drop the 1 missing file here').waitFor({ timeout: 60_000 });
  const lacking = page.url();
  await drop(page, 'Drop the 1 missing file here', [folder.join('shot/textured.blend')]);
  await page.getByText('Not among them: //../textures/wood.png').waitFor();
  await drop(page, 'Drop the 1 missing file here', [folder.join('textures/wood.png')]);

  await page.getByText('Read, and ready to start').waitFor({ timeout: 60_000 });
  expect(page.url()).not.toBe(lacking);
  const job = page.url().split('/').at(-1) ?? '';
  await page.getByRole('button', { name: 'Preview one frame' }).click();
  await page.getByText('Frame 3, small.').waitFor({ timeout: 60_000 });
  expect(await page.getByText('paused', { exact: false }).count()).toBeGreaterThan(0);

  await page.getByRole('button', { name: 'Start rendering' }).click();
  await page.getByText('6 of 6 frames').waitFor({ timeout: 120_000 });
  const frame = await page.request.get(new URL(`/api/v1/jobs/${job}/frames/6/image`, page.url()).href);
  const { channels } = await sharp(await frame.body()).stats();
  const [red, green] = channels.map(({ mean }) => mean);
  expect(green, 'the texture is on the plane').toBeGreaterThan((red ?? 255) + 50);
  expect(complaints).toEqual([]);
  await page.close();
  await up.stop();
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

/** What the page itself complains of: errors in its scripts, and requests its security policy stopped. */
function listen(page: Page): string[] {
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  return complaints;
}
