/// <reference lib="dom" />
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Command, fakeBlender } from './processes/command.ts';
import { writeFakeScene } from './processes/scenes.ts';
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

test('several jobs are paused, brought back and put before the others by keyboard, and the history says who did it', async () => {
  await using farm = await openFarm();
  const { page } = farm;
  for (const name of ['first', 'second', 'third']) await farm.submit(name);
  await page.getByText('third').first().waitFor();

  await page.getByRole('checkbox', { name: 'Select third' }).focus();
  await page.keyboard.press('Space');
  await page.getByRole('checkbox', { name: 'Select second' }).focus();
  await page.keyboard.press('Space');
  await page.getByText('2 jobs selected').waitFor();
  await page.getByRole('toolbar').getByRole('button', { name: 'Before the others' }).focus();
  await page.keyboard.press('Enter');
  await page.getByText('Put before the others: 2 jobs.').waitFor();
  expect(await farm.priorities()).toEqual({ first: 50, second: 80, third: 80 });
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByText('As before.').waitFor();
  expect(await farm.priorities()).toEqual({ first: 50, second: 50, third: 50 });

  await page.getByRole('toolbar').getByRole('button', { name: 'Resume' }).click();
  await page.getByText('Resumed 2 jobs.').waitFor();
  await expect.poll(async () => (await farm.states()).third).not.toBe('paused');
  expect((await farm.states()).first).toBe('paused');

  await page.getByRole('link', { name: 'History' }).click();
  await page.getByText(/resumed third/).waitFor();
  expect(await page.getByText(/changed the priority of third/).count()).toBe(2);
  expect(farm.complaints).toEqual([]);
});

test('a worker is given hours of sleep and tags on its page, and what makes no sense is refused in words', async () => {
  await using farm = await openFarm();
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

/** A farm of one computer with the fake Blender, and its page. */
async function openFarm() {
  const folder = await TestFolder.make();
  const environment = { AKASHGANGA_BLENDER: fakeBlender };
  const data = ['--data', folder.join('data')];
  const local = ['--host', '127.0.0.1', '--address', '127.0.0.1', '--port', '0', '--frames-port', '0'];
  const up = new Command(['up', '--json', ...data, ...local], environment, folder.path);
  const { page: link } = await up.event('up');
  const page = await browser.newPage();
  const complaints = listen(page);
  await page.goto(String(link));
  await page.getByText('No jobs yet').first().waitFor();
  const jobs = async () => {
    const answer = await page.request.get(new URL('/api/v1/jobs', page.url()).href);
    return ((await answer.json()) as { jobs: { name: string; priority: number; state: string }[] }).jobs;
  };
  return {
    page,
    complaints,
    async submit(name: string): Promise<void> {
      const scene = await writeFakeScene(folder, { frames: [1, 3] }, { name });
      const sent = await new Command(
        ['submit', scene, '--paused', '--json', ...data],
        environment,
        folder.path,
      ).ended;
      expect(sent.code, sent.stderr).toBe(0);
    },
    priorities: async () => Object.fromEntries((await jobs()).map(({ name, priority }) => [name, priority])),
    states: async () => Object.fromEntries((await jobs()).map(({ name, state }) => [name, state])),
    async [Symbol.asyncDispose]() {
      await page.close();
      await up.stop();
      await folder[Symbol.asyncDispose]();
    },
  };
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
