import { expect, test } from 'vitest';
import { closeAll, downTo, type Goal, isBackAt, tabTo } from './processes/keyboard.ts';
import { PageFarm } from './processes/page-farm.ts';
import { writeFakeScene } from './processes/scenes.ts';
import { browserForTests } from './processes/test-browser.ts';

const browser = browserForTests();

test('everything on the pages is done by keyboard alone: jobs, a job and its frames, workers, and a new scene', async () => {
  await using farm = await PageFarm.open(browser());
  const { page } = farm;
  const { keyboard } = page;
  for (const name of ['alpha', 'beta', 'gamma']) await farm.submitFake(name, { frameEnd: 6 }, '--paused');
  const delta = await writeFakeScene(farm.folder, { frameEnd: 2 }, { name: 'delta' });
  page.on('filechooser', (chooser) => chooser.setFiles(delta));
  const jobs = page.getByRole('list', { name: 'Jobs' });
  await jobs.getByRole('link', { name: 'gamma' }).waitFor();

  await keyboard.press('?');
  await page.getByRole('dialog').getByText('Next job or worker of a list').waitFor();
  await closeAll(page);

  // Two of three are selected and put before the others.
  await keyboard.press('j');
  await keyboard.press('x');
  await keyboard.press('j');
  await keyboard.press('x');
  await page.getByText('2 jobs selected').waitFor();
  await tabTo(page, { role: 'button', name: 'Before the others' }, 'Shift+Tab');
  await keyboard.press('Enter');
  await page.getByText('Put before the others: 2 jobs.').waitFor();
  const priorities = (await farm.jobs()).map(({ name, priority }) => `${name} ${priority}`).sort();
  expect(priorities).toEqual(['alpha 50', 'beta 80', 'gamma 80']);
  await tabTo(page, { role: 'button', name: 'Select none' });
  await keyboard.press('Enter');

  // One is canceled from its menu, after a question.
  await tabTo(page, { role: 'button', name: 'More for alpha' });
  await keyboard.press('Enter');
  await downTo(page, 'Cancel');
  await keyboard.press('Enter');
  await page.getByRole('dialog').getByText('Cancel this job?').waitFor();
  await tabTo(page, { role: 'button', name: 'Cancel the job' });
  await keyboard.press('Enter');
  await jobs.getByRole('article').filter({ hasText: 'alpha' }).getByText('Canceled').waitFor();

  // Another one is resumed, looked at, its frames are walked, and its film.
  await tabTo(page, { role: 'button', name: 'Resume: beta' }, 'Shift+Tab');
  await keyboard.press('Enter');
  await jobs.getByRole('article').filter({ hasText: 'beta' }).getByText('Done').waitFor();
  await tabTo(page, { role: 'link', name: 'beta' }, 'Shift+Tab');
  await keyboard.press('Enter');
  await page.getByText('6 of 6 frames').waitFor();
  await tabTo(page, { role: 'slider', name: 'Place in the film' });
  await keyboard.press('End');
  await expect
    .poll(() => page.getByRole('slider', { name: 'Place in the film' }).getAttribute('aria-valuetext'))
    .toMatch(/^Frame 6,/);
  await tabTo(page, { role: 'button', name: 'Frame 1, done' });
  await keyboard.press('ArrowRight');
  await keyboard.press('Enter');
  await page.getByRole('region', { name: 'Frame 2' }).waitFor();
  await tabTo(page, { role: 'button', name: 'Download' }, 'Shift+Tab');
  await keyboard.press('Enter');
  await downTo(page, 'Some frames (zip) …');
  await keyboard.press('Enter');
  await page.getByRole('dialog').getByText('Which frames?').waitFor();
  await closeAll(page);
  await isBackAt(page, { role: 'button', name: 'Download' });

  // A worker is drained.
  await keyboard.press('g');
  await keyboard.press('w');
  await page.getByRole('heading', { name: 'Workers' }).waitFor();
  await tabTo(page, { role: 'button', name: /^What to do with/ });
  await keyboard.press('Enter');
  await downTo(page, 'Drain: finish and rest');
  await keyboard.press('Enter');
  await page.getByRole('list', { name: 'Workers' }).getByText('Draining').waitFor();

  // A scene is chosen, named for a person, and sent to be looked at.
  await keyboard.press('g');
  await keyboard.press('s');
  await tabTo(page, { role: 'button', name: 'Choose files' });
  await keyboard.press('Enter');
  await page.getByText(/written by Blender/).waitFor();
  await tabTo(page, { role: 'textbox', name: 'Your name' });
  await keyboard.type('g w anna');
  await tabTo(page, { role: 'button', name: 'Send and look first' });
  await keyboard.press('Enter');
  await page.getByRole('heading', { name: 'delta' }).waitFor();
  expect((await farm.jobs())[0]).toMatchObject({ name: 'delta', submitter: 'g w anna' });
  expect(farm.complaints).toEqual([]);
});

test('after each menu and each question the focus is back where it was, and what is set is set by keyboard', async () => {
  await using farm = await PageFarm.open(browser());
  const { page } = farm;
  const { keyboard } = page;
  await farm.submitFake('alpha', { frameEnd: 6 }, '--paused');
  await page.getByRole('list', { name: 'Jobs' }).getByRole('link', { name: 'alpha' }).waitFor();
  const dialog = page.getByRole('dialog');
  const item = (name: string | RegExp) => page.getByRole('menuitem', { name });

  const more: Goal = { role: 'button', name: 'More for alpha' };
  await tabTo(page, more);
  await keyboard.press('Enter');
  await item('Cancel').waitFor();
  await closeAll(page);
  await isBackAt(page, more);
  await keyboard.press('Enter');
  await downTo(page, 'Cancel');
  await keyboard.press('Enter');
  await dialog.getByText('Cancel this job?').waitFor();
  await closeAll(page);
  await isBackAt(page, more);

  const keys: Goal = { role: 'button', name: 'Keys' };
  await tabTo(page, keys, 'Shift+Tab');
  await keyboard.press('Enter');
  await dialog.getByText('Next job or worker of a list').waitFor();
  await closeAll(page);
  await isBackAt(page, keys);
  const colours: Goal = { role: 'button', name: /^Colours/ };
  await tabTo(page, colours);
  await keyboard.press('Enter');
  await downTo(page, 'Night');
  await keyboard.press('Enter');
  await expect.poll(() => page.locator('html').getAttribute('data-mantine-color-scheme')).toBe('dark');
  await isBackAt(page, colours);

  await keyboard.press('g');
  await keyboard.press('w');
  const add: Goal = { role: 'button', name: 'Add a computer' };
  await tabTo(page, add);
  await keyboard.press('Enter');
  await dialog.getByRole('img', { name: 'The same command as a QR code' }).waitFor();
  await tabTo(page, { role: 'button', name: 'Make another code' });
  await closeAll(page);
  await isBackAt(page, add);
  const menu: Goal = { role: 'button', name: /^What to do with/ };
  await tabTo(page, menu);
  await keyboard.press('Enter');
  await downTo(page, 'Remove from the farm');
  await keyboard.press('Enter');
  await dialog.getByText('Remove this worker?').waitFor();
  await closeAll(page);
  await isBackAt(page, menu);

  await keyboard.press('g');
  await keyboard.press('h');
  await tabTo(page, { role: 'textbox', name: 'Resource' });
  await keyboard.type('licence');
  await tabTo(page, { role: 'textbox', name: 'At most' });
  await keyboard.type('3');
  await keyboard.press('Enter');
  await page.getByText('0 of 3 in use').waitFor();
  await tabTo(page, { role: 'button', name: 'Remove the limit of licence' }, 'Shift+Tab');
  await keyboard.press('Enter');
  await page.getByText('0 of 3 in use').waitFor({ state: 'detached' });

  await tabTo(page, { role: 'link', name: 'People' }, 'Shift+Tab');
  await keyboard.press('Enter');
  const people = page.getByRole('region', { name: 'People' });
  await people.getByText('There is no token yet.').waitFor();
  await tabTo(page, { role: 'textbox', name: 'Name' });
  await keyboard.type('anna');
  await keyboard.press('Enter');
  await people.getByText(/^For anna/).waitFor();
  const revoke: Goal = { role: 'button', name: 'Revoke anna' };
  await tabTo(page, revoke, 'Shift+Tab');
  await keyboard.press('Enter');
  await dialog.getByRole('button', { name: 'No, leave it' }).waitFor();
  await closeAll(page);
  await isBackAt(page, revoke);
  expect(farm.complaints).toEqual([]);
});
