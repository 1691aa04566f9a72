/// <reference lib="dom" />
import { jobRoutes } from '@akashganga/protocol';
import { expect, test } from 'vitest';
import { writeFakeScene } from './processes/scenes.ts';
import { browserForTests, complaintsOf, signIn } from './processes/test-browser.ts';
import { TestFarm } from './processes/test-farm.ts';
import { TestFolder } from './processes/test-folder.ts';

const browser = browserForTests();

/** What the browser says of requests that nobody answered, and of the one that brought the sign-in card. */
const AWAY = /net::ERR_|status of (401|404|50\d)/;

test('a page says when the manager is killed, and afterwards shows what ended, went and was deleted meanwhile', async () => {
  await using folder = await TestFolder.make();
  await using farm = await TestFarm.start(folder, { workers: 2 });
  const slow = await writeFakeScene(folder, { frameEnd: 40, secondsPerFrame: 0.5 }, { name: 'comet' });
  const job = await farm.submit(slow);
  const short = await writeFakeScene(folder, { frameEnd: 2 }, { name: 'meteor' });
  const gone = await farm.submit(short, ['--paused']);

  const context = await browser().newContext();
  const page = await context.newPage();
  const complaints = complaintsOf(page, AWAY);
  await signIn(page, farm, '#/');
  const jobs = page.getByRole('list', { name: 'Jobs' });
  await jobs.getByRole('link', { name: 'meteor' }).waitFor();
  await page.getByRole('article').filter({ hasText: 'worker-2' }).waitFor();
  await jobs.getByRole('link', { name: 'comet' }).click();
  await page.getByRole('button', { name: 'Frame 1, done' }).waitFor();
  await page.getByRole('banner').getByText('Live').waitFor();

  await farm.role('manager').kill();
  await page.getByText('Not connected, trying again.').waitFor();
  expect(await page.title()).toMatch(/^Not connected/);
  await page.getByRole('button', { name: 'Pause' }).and(page.locator(':disabled')).first().waitFor();

  // It stays away from the farm while that goes on without it.
  await context.setOffline(true);
  await farm.role('worker-2').kill();
  await farm.startManager();
  await farm.client.call(jobRoutes.delete, { params: { job: gone } });
  await farm.ended(job, 120);
  await page.getByText('Not connected, trying again.').waitFor();
  expect(await page.getByRole('button', { name: /, waiting$/ }).count()).toBeGreaterThan(0);

  await context.setOffline(false);
  await page.getByRole('banner').getByText('Live').waitFor();
  await page.getByText('Not connected, trying again.').waitFor({ state: 'detached' });
  await page.getByText('40 of 40 frames').waitFor();
  await expect.poll(() => page.getByRole('button', { name: /^Frame \d+, done$/ }).count()).toBe(40);
  await page.getByRole('link', { name: 'Workers', exact: true }).click();
  await page.getByRole('article').filter({ hasText: 'worker-2' }).getByText('Lost').waitFor();
  await page.getByRole('link', { name: 'Jobs', exact: true }).click();
  await jobs.getByRole('article').filter({ hasText: 'comet' }).getByText('Done').waitFor();
  expect(await page.getByText('meteor').count()).toBe(0);

  // And it follows again: what happens now comes without a reload.
  await farm.submit(short);
  await jobs.getByRole('article').filter({ hasText: 'meteor' }).getByText('Done').waitFor();
  expect(complaints).toEqual([]);
  await context.close();
});
