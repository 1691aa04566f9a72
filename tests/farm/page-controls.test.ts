/// <reference lib="dom" />
import { execFile } from 'node:child_process';
import { basename } from 'node:path';
import { promisify } from 'node:util';
import type { Download } from 'playwright-core';
import { expect, test } from 'vitest';
import { PageFarm } from './processes/page-farm.ts';
import { browserForTests } from './processes/test-browser.ts';

const browser = browserForTests();

test('several jobs are paused, brought back and put before the others by keyboard, and the history says who did it', async () => {
  await using farm = await PageFarm.open(browser());
  const { page } = farm;
  for (const name of ['first', 'second', 'third'])
    await farm.submitFake(name, { frames: [1, 3] }, '--paused');
  await page.getByText('third').first().waitFor();

  await page.getByRole('checkbox', { name: 'Select third' }).focus();
  await page.keyboard.press('Space');
  await page.getByRole('checkbox', { name: 'Select second' }).focus();
  await page.keyboard.press('Space');
  await page.getByText('2 jobs selected').waitFor();
  await page.getByRole('toolbar').getByRole('button', { name: 'Before the others' }).focus();
  await page.keyboard.press('Enter');
  await page.getByText('Put before the others: 2 jobs.').waitFor();
  expect(await each(farm, 'priority')).toEqual({ first: 50, second: 80, third: 80 });
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByText('As before.').waitFor();
  expect(await each(farm, 'priority')).toEqual({ first: 50, second: 50, third: 50 });

  await page.getByRole('toolbar').getByRole('button', { name: 'Resume' }).click();
  await page.getByText('Resumed 2 jobs.').waitFor();
  await expect.poll(async () => (await each(farm, 'state')).third).not.toBe('paused');
  expect((await each(farm, 'state')).first).toBe('paused');

  await page.getByRole('link', { name: 'History' }).click();
  await page.getByText(/resumed third/).waitFor();
  expect(await page.getByText(/changed the priority of third/).count()).toBe(2);
  expect(farm.complaints).toEqual([]);
});

test('a worker is given hours of sleep and tags on its page, and what makes no sense is refused in words', async () => {
  await using farm = await PageFarm.open(browser());
  const { page } = farm;
  await page.getByRole('link', { name: 'Workers' }).click();
  await page.getByRole('main').getByRole('article').first().getByRole('link').first().click();
  await page.getByRole('textbox', { name: 'Sleeps' }).fill('tomorrow');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('alert').filter({ hasText: 'tomorrow' }).waitFor();
  await page.getByRole('textbox', { name: 'Sleeps' }).fill('0:00-24:00');
  await page.getByRole('textbox', { name: 'Tags' }).fill('fast, quiet');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Asleep').waitFor();
  await page.getByText('fast, quiet', { exact: true }).waitFor();
  await page.getByRole('textbox', { name: 'Sleeps' }).fill('');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Idle', { exact: true }).waitFor();
  expect(farm.complaints.filter((complaint) => !/400|422/.test(complaint))).toEqual([]);
});

test('all frames and chosen ones are taken as a zip, and what looks odd is named and shown', async () => {
  await using farm = await PageFarm.open(browser());
  const { page } = farm;
  const id = await farm.submitFake('bare', { frameEnd: 6 }, '--no-film');
  // What the farm itself would find in other scenes.
  const odd = [{ look: 'black', count: 2, first: [2, 5] }];
  await page.route(`**/api/v1/jobs/${id}`, async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: { ...(await answer.json()), oddFrames: odd } });
  });
  await page.getByRole('link', { name: 'bare' }).click();
  await page.getByText('6 of 6 frames').waitFor();
  await page.getByText('No film is made of this job.').waitFor();
  await page.setViewportSize({ width: 390, height: 800 });

  await page.getByRole('button', { name: 'Make a film' }).click();
  await page.getByRole('combobox', { name: 'Film' }).selectOption('mkv');
  await page.getByRole('combobox', { name: 'What it is for' }).selectOption('archive');
  expect(await page.getByRole('combobox', { name: 'Codec' }).getByRole('option').allTextContents()).toEqual([
    'What suits it',
    'ffv1',
  ]);
  await page.getByRole('textbox', { name: 'Pictures a second' }).fill('12');
  await page.getByRole('button', { name: 'Make it' }).click();
  await page.getByText('mkv, ').waitFor();
  await page.getByRole('button', { name: 'Make the film again' }).waitFor();

  await page.getByRole('button', { name: 'Download' }).click();
  const all = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: 'All frames (zip)' }).click();
  expect(await namesIn(await all)).toEqual(expect.arrayContaining(['0001.png', '0006.png', 'SHA256SUMS']));

  await page.getByRole('button', { name: 'Download' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('menuitem', { name: /Some frames/ }).focus();
  await page.keyboard.press('Enter');
  const wanted = page.getByRole('textbox', { name: 'Frames' });
  await wanted.fill('the best');
  await page.getByText('These are no frame numbers.').waitFor();
  await wanted.fill('2, 4-5');
  const some = page.waitForEvent('download');
  await page.keyboard.press('Enter');
  expect(await namesIn(await some)).toEqual(['0002.png', '0004.png', '0005.png', 'SHA256SUMS']);

  await page.reload();
  await page.getByText('2 frames are black all over').waitFor();
  await page.getByRole('button', { name: 'Show frame 5' }).click();
  await page
    .getByRole('region', { name: 'Frame 5' })
    .or(page.getByRole('heading', { name: 'Frame 5' }))
    .first()
    .waitFor();
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(width).toBeLessThanOrEqual(390);
  expect(farm.complaints).toEqual([]);
});

/** Of the files in a zip that was saved, without their folder. */
async function namesIn(saved: Download): Promise<string[]> {
  const { stdout } = await promisify(execFile)('unzip', ['-Z1', await saved.path()]);
  return stdout
    .trim()
    .split('\n')
    .map((path) => basename(path))
    .sort();
}

/** One thing of each job, by the job's name. */
async function each(farm: PageFarm, what: 'priority' | 'state'): Promise<Record<string, unknown>> {
  return Object.fromEntries((await farm.jobs()).map((job) => [job.name, job[what]]));
}
