import type { Worker } from '@akashganga/protocol';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { closeAll } from './processes/keyboard.ts';
import { PageFarm } from './processes/page-farm.ts';
import { writeFakeScene } from './processes/scenes.ts';
import { seriousFaults } from './processes/serious-faults.ts';
import { browserForTests } from './processes/test-browser.ts';

// The pages themselves are looked at in page-names.test.ts; here is what opens on them.

const browser = browserForTests();
const browsing = { viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' } as const;
const VIEWS = [
  { colorScheme: 'dark', width: 1440 },
  { colorScheme: 'light', width: 1440 },
  { colorScheme: 'light', width: 390 },
  { colorScheme: 'dark', width: 390 },
] as const;

/** Two frames, and time for what follows them. */
const FRAMES = `new Promise((next) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(next, 100))))`;

/** Null, or what stands out of a page that is wider than the screen. */
const WIDEST = `(() => {
  if (document.documentElement.scrollWidth <= window.innerWidth) return null;
  const right = (one) => one.getBoundingClientRect().right;
  const all = [...document.querySelectorAll('main *')].filter((one) => right(one) > window.innerWidth);
  return all.slice(0, 6).map((one) => one.outerHTML.slice(0, 120)).join(' | ');
})()`;

/** What keeps people out of what is open now, by day and by night, on a screen and on a phone. */
async function faultsOf(page: Page, name: string): Promise<string[]> {
  const found: string[] = [];
  for (const { colorScheme, width } of VIEWS) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 900 });
    await page.locator(`html[data-mantine-color-scheme="${colorScheme}"]`).waitFor({ state: 'attached' });
    // Colours and menus are where they belong in the frame after the next.
    await page.evaluate(FRAMES);
    const seen = `${name} at ${width} px, ${colorScheme}`;
    const wide = await page.evaluate<string | null>(WIDEST);
    if (wide !== null) found.push(`${seen}: wider than the screen, ${wide}`);
    found.push(...(await seriousFaults(page)).map((fault) => `${seen}: ${fault}`));
  }
  await page.setViewportSize(browsing.viewport);
  return found;
}

test('nobody is kept out of what opens on the pages of jobs and frames: menus, questions, forms, a comparison, a log that is followed', async () => {
  await using farm = await PageFarm.open(browser(), { flags: ['--slots', '1'], browsing });
  const { page } = farm;
  const found: string[] = [];
  const look = async (name: string) => found.push(...(await faultsOf(page, name)));
  const dialog = page.getByRole('dialog');
  const trouble = { behaviour: 'nothing', onFrames: [3] };
  const done = await farm.submitFake('andromeda', { frameEnd: 6, ...trouble });
  const stateOf = async (id: string) => (await farm.jobs()).find((job) => job.id === id)?.state;
  await expect.poll(() => stateOf(done)).toBe('failed');
  const missing = [{ kind: 'image', name: 'wood', path: '//../textures/wood.png' }];
  const lacking = await farm.submitFake('sombrero', { frameEnd: 3, missing }, '--look-first');
  const ready = await farm.submitFake('whirlpool', { frameEnd: 3, warnings: ['Odd.'] }, '--look-first');
  await expect.poll(() => stateOf(ready)).toBe('paused');

  await farm.goTo('#/');
  await page.getByRole('checkbox', { name: 'Select andromeda' }).press('Space');
  await page.getByText('1 job selected').waitFor();
  await page.getByRole('button', { name: 'More for andromeda' }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).waitFor();
  await look('selected jobs and the menu of one');
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await dialog.getByText('Delete this job?').waitFor();
  await look('a question');
  await closeAll(page);

  await farm.goTo(`#/jobs/${done}`);
  await page.getByRole('button', { name: 'Frame 3, failed' }).click();
  await page.getByRole('region', { name: 'Frame 3' }).waitFor();
  await look('a failed frame');
  await page.getByRole('button', { name: 'Download' }).click();
  await page.getByRole('menuitem', { name: /^Some frames/ }).click();
  await dialog.getByRole('textbox', { name: 'Frames' }).fill('the best');
  await dialog.getByText('These are no frame numbers.').waitFor();
  await look('chosen frames');
  await closeAll(page);
  await page.getByRole('button', { name: /^Make (a|the) film/ }).click();
  await dialog.getByText('What it is for').waitFor();
  await look('the form of a film');
  await closeAll(page);

  await farm.goTo(`#/jobs/${done}/frames/1/with/2`);
  await page.getByRole('radio', { name: 'Wipe' }).waitFor({ state: 'attached' });
  await look('two frames by a wipe');
  await page.getByRole('radio', { name: 'Difference' }).press('Space');
  await page.getByText(/They differ in \d+ % of the pixels|They are the same/).waitFor();
  await look('two frames by their difference');

  await farm.goTo(`#/jobs/${lacking}`);
  await page
    .getByText(/wood\.png/)
    .first()
    .waitFor();
  await look('a job that lacks a file');
  await farm.goTo(`#/jobs/${ready}`);
  await page.getByText('Read, and ready to start').waitFor();
  await look('a job that is ready to start');

  await farm.goTo('#/submit');
  const scene = await writeFakeScene(farm.folder, { frameEnd: 3 }, { name: 'pinwheel' });
  await page.locator('input[type=file]').first().setInputFiles(scene);
  await page.getByText(/written by Blender/).waitFor();
  await look('a scene to be sent');

  const rendering = await farm.submitFake('galaxy', { frameEnd: 1, secondsPerFrame: 120 });
  await farm.goTo(`#/jobs/${rendering}/frames/1`);
  await page.getByText(/^Live on/).waitFor();
  await page.getByRole('log').getByText('Sample 2/').waitFor();
  await look('a log that is followed');
  await page.request.post(`${farm.base}api/v1/jobs/${rendering}/cancel`);
  expect(found).toEqual([]);
  expect(farm.complaints).toEqual([]);
});

test('nobody is kept out of what opens on the pages of workers, people and the farm, nor when it is out of touch', async () => {
  await using farm = await PageFarm.open(browser(), {
    ...{ flags: ['--slots', '1', '--webhooks-to', '127.0.0.1'], expected: /400|401|422|ERR_/, browsing },
  });
  const { page } = farm;
  const found: string[] = [];
  const look = async (name: string) => found.push(...(await faultsOf(page, name)));
  const dialog = page.getByRole('dialog');
  await farm.submitFake('comet', { frameEnd: 3 });
  await expect.poll(async () => (await farm.jobs())[0]?.state).toBe('completed');

  const [worker] = (await farm.get<{ workers: Worker[] }>('/workers')).workers;
  await farm.goTo(`#/workers/${worker?.id}`);
  await page.getByRole('textbox', { name: 'Sleeps' }).fill('tomorrow');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('alert').filter({ hasText: 'tomorrow' }).waitFor();
  await page.getByText('As numbers').first().click();
  await look('settings of a worker that make no sense, and its load as numbers');
  await page.getByRole('button', { name: /^What to do with/ }).click();
  await page.getByRole('menuitem', { name: /^Remove/ }).waitFor();
  await look('the menu of a worker');
  await page.getByRole('menuitem', { name: /^Remove/ }).click();
  await dialog.getByText('Remove this worker?').waitFor();
  await look('the question before a worker is removed');
  await closeAll(page);

  await farm.goTo('#/workers');
  await page.getByRole('button', { name: 'Add a computer' }).click();
  await dialog.getByRole('img', { name: 'The same command as a QR code' }).waitFor();
  await look('a computer to be added');
  await closeAll(page);

  await farm.goTo('#/people');
  const notices = page.getByRole('region', { name: 'Notices' });
  await notices.getByRole('textbox', { name: 'Address' }).fill('http://127.0.0.1:9/hook');
  await notices.getByRole('button', { name: 'Tell this address' }).click();
  await notices.getByRole('button', { name: /^Test/ }).click();
  await notices.getByText(/^Not taken/).waitFor();
  await notices.getByRole('textbox', { name: 'Address' }).fill('http://10.1.2.3/');
  await notices.getByRole('button', { name: 'Tell this address' }).click();
  await notices.getByRole('alert').waitFor();
  const people = page.getByRole('region', { name: 'People' });
  await people.getByRole('textbox', { name: 'Name' }).fill('anna');
  await people.getByRole('button', { name: 'Make a token' }).click();
  await people.getByText(/^For anna/).waitFor();
  await look('a token, a webhook that takes nothing, and one that is refused');
  await people.getByRole('button', { name: 'Revoke anna' }).click();
  await dialog.getByText(/is out at once/).waitFor();
  await look('the question before a token is revoked');
  await closeAll(page);

  await farm.goTo('#/farm');
  await page.getByRole('region', { name: 'Throughput' }).getByText('As numbers').first().click();
  await look('what the farm gets done, as numbers');

  // Its events are cut off, and then all of it.
  await page.route('**/api/v1/events*', (route) => route.abort());
  await farm.goTo('#/');
  await page.reload();
  await page.getByRole('list', { name: 'Jobs' }).getByText('comet').waitFor();
  await page.getByText('Not connected', { exact: true }).waitFor({ state: 'attached' });
  await look('jobs that are not live');
  await page.route('**/api/v1/**', (route) => route.abort());
  await page.reload();
  await page.getByRole('button', { name: 'Try now' }).waitFor();
  await look('a farm that does not answer');
  await page.unroute('**/api/v1/**');
  await page.context().clearCookies();
  await page.goto(farm.base);
  await page.getByRole('button', { name: 'Sign in' }).waitFor();
  await look('signing in');
  expect(found).toEqual([]);
  expect(farm.complaints).toEqual([]);
});
