/// <reference lib="dom" />
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Command } from './processes/command.ts';
import { makeRealScenes } from './processes/scenes.ts';
import { TestFolder } from './processes/test-folder.ts';

let browser: Browser;
beforeAll(async () => {
  const quiet = [
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--no-first-run',
  ];
  browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', ...quiet],
  });
});
afterAll(() => browser.close());

test('the page opens by its link, follows a job of real Blender live, plays the film and hands it out', async () => {
  await using folder = await TestFolder.make();
  const scenes = await makeRealScenes(folder);
  const local = ['--host', '127.0.0.1', '--address', '127.0.0.1', '--port', '0', '--frames-port', '0'];
  const up = new Command(['up', '--json', '--data', folder.join('data'), ...local], {}, folder.path);
  const { page: link } = await up.event('up');
  const page = await browser.newPage({ colorScheme: 'dark' });
  const complaints = listen(page);

  await page.goto(String(link));
  await page.getByText('No jobs yet').first().waitFor();
  expect(page.url(), 'the one-time code leaves the address').not.toContain('code=');

  const submit = new Command(
    ['submit', scenes('cube'), '--json', '--data', folder.join('data')],
    {},
    folder.path,
  );
  const { job } = await submit.event('submitted');
  await page.getByRole('link', { name: 'cube' }).click();
  await page.getByRole('button', { name: 'Download' }).click({ timeout: 60_000 });
  await page.getByRole('menuitem', { name: /^The film \(mp4/ }).waitFor({ timeout: 60_000 });
  await page.keyboard.press('Escape');
  expect(await page.getByText('10 of 10 frames').count()).toBeGreaterThan(0);

  const film = page.locator('video');
  await expect.poll(() => film.evaluate((video: HTMLVideoElement) => video.currentSrc)).toContain('/film');
  await page.getByRole('button', { name: 'Play', exact: true }).click();
  await expect.poll(() => film.evaluate((video: HTMLVideoElement) => video.currentTime)).toBeGreaterThan(0);
  expect(await film.evaluate((video: HTMLVideoElement) => [video.videoWidth, video.videoHeight])).toEqual([
    64, 36,
  ]);

  const whole = await page.request.get(new URL(`/api/v1/jobs/${job}/film`, page.url()).href);
  expect(whole.status()).toBe(200);
  expect((await whole.body()).length).toBe(Number(whole.headers()['content-length']));

  await page.goto(`${page.url().split('#')[0]}#/workers`);
  await page.getByText('10 done').waitFor();
  expect(complaints).toEqual([]);
  await page.close();
  await up.stop();
});

test('without a key the page shows nothing but the way in, and a wrong key stays outside', async () => {
  await using folder = await TestFolder.make();
  const manager = new Command(
    ['manager', '--json', '--data', folder.join('data'), '--host', '127.0.0.1', '--port', '0'],
    {},
    folder.path,
  );
  const { url } = await manager.event('ready');
  const page = await browser.newPage();
  await page.goto(String(url));
  await page.getByRole('textbox').or(page.locator('input[type=password]')).first().fill('not the key');
  await page.keyboard.press('Enter');
  await page
    .getByText(/does not accept this token/i)
    .first()
    .waitFor();
  await page.close();
  await manager.stop();
});

/** What the page itself complains of: errors in its scripts, and requests its security policy stopped. */
function listen(page: Page): string[] {
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && !/401/.test(message.text())) complaints.push(message.text());
  });
  return complaints;
}
