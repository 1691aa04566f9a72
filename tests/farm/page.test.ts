/// <reference lib="dom" />
import { expect, test } from 'vitest';
import { Command } from './processes/command.ts';
import { closeAll } from './processes/keyboard.ts';
import { PageFarm } from './processes/page-farm.ts';
import { makeRealScenes } from './processes/scenes.ts';
import { browserForTests } from './processes/test-browser.ts';
import { TestFolder } from './processes/test-folder.ts';

const browser = browserForTests();

test('the page opens by its link, follows a job of real Blender live, plays the film and hands it out', async () => {
  await using farm = await PageFarm.open(browser(), {
    environment: {},
    expected: /401/,
    browsing: { colorScheme: 'dark' },
  });
  const { page } = farm;
  const scenes = await makeRealScenes(farm.folder);
  expect(page.url(), 'the one-time code leaves the address').not.toContain('code=');

  const job = await farm.submit(scenes('cube'));
  await page.getByRole('link', { name: 'cube' }).click();
  await page.getByRole('button', { name: 'Download' }).click();
  await page.getByRole('menuitem', { name: /^The film \(mp4/ }).waitFor();
  await closeAll(page);
  expect(await page.getByText('10 of 10 frames').count()).toBeGreaterThan(0);

  const film = page.locator('video');
  await expect.poll(() => film.evaluate((video: HTMLVideoElement) => video.currentSrc)).toContain('/film');
  await page.getByRole('button', { name: 'Play', exact: true }).click();
  await expect.poll(() => film.evaluate((video: HTMLVideoElement) => video.currentTime)).toBeGreaterThan(0);
  expect(await film.evaluate((video: HTMLVideoElement) => [video.videoWidth, video.videoHeight])).toEqual([
    64, 36,
  ]);

  const whole = await page.request.get(`${farm.base}api/v1/jobs/${job}/film`);
  expect(whole.status()).toBe(200);
  expect((await whole.body()).length).toBe(Number(whole.headers()['content-length']));

  await farm.goTo('#/workers');
  await page.getByText('10 done').waitFor();
  expect(farm.complaints).toEqual([]);
});

test('without a key the page shows nothing but the way in, and a wrong key stays outside', async () => {
  await using folder = await TestFolder.make();
  const manager = new Command(
    ['manager', '--json', '--data', folder.join('data'), '--host', '127.0.0.1', '--port', '0'],
    {},
    folder.path,
  );
  const { url } = await manager.event('ready');
  const page = await browser().newPage();
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
