/// <reference lib="dom" />
import { mkdir, writeFile } from 'node:fs/promises';
import type { Frame, Worker } from '@akashganga/protocol';
import type { Locator } from 'playwright-core';
import { expect, test } from 'vitest';
import { Command } from './processes/command.ts';
import { closeAll, downTo } from './processes/keyboard.ts';
import { PageFarm } from './processes/page-farm.ts';
import { browserForTests } from './processes/test-browser.ts';

const browser = browserForTests();

/** A scene of the fake Blender whose text is this computer's fault by the rules that its worker is given. */
const BROKEN = { frameEnd: 1, behaviour: 'memory' };
const RULES = [
  {
    name: 'broken',
    pattern: 'Malloc returns null',
    at: ['rendering'],
    code: 'custom.machine',
    says: 'Broken.',
  },
];

test('a computer joins by the line that the page shows, renders, is killed, is shown as lost with what became of its frames, and comes back', async () => {
  await using farm = await PageFarm.open(browser(), { flags: ['--slots', '1'] });
  const { page } = farm;
  await farm.goTo('#/workers');
  await page.getByRole('button', { name: 'Add a computer' }).click();
  const line = await page.getByRole('dialog').getByText('./akashganga join').textContent();
  const [program, ...join] = (line ?? '').split(' ');
  expect([program, join[0], join.length]).toEqual(['./akashganga', 'join', 2]);
  await closeAll(page);
  const first = newcomer(farm, join);
  const card = page
    .getByRole('list', { name: 'Workers' })
    .getByRole('article')
    .filter({ hasText: 'newcomer' });
  await card.getByText('Idle', { exact: true }).waitFor();

  // Long frames: it is in the midst of one when it is killed, and others are left when it is taken for lost.
  const job = await farm.submitFake('comet', { frameEnd: 12, secondsPerFrame: 3 });
  await card.getByText(/^frame \d+$/).waitFor();
  await card.getByRole('link', { name: 'comet' }).waitFor();
  await first.kill();
  await card.getByText('Lost').waitFor();
  await card.getByText(/^Nothing is heard from newcomer/).waitFor();
  expect(await card.getByText(/(frame|frames) it had (is|are) for other workers now/).count()).toBe(1);

  // The frame that it rendered tells of it too.
  const { frames } = await farm.get<{ frames: Frame[] }>(`/jobs/${job}/frames?limit=100`);
  const lost = frames.filter(({ failures }) => failures > 0).map(({ frame }) => frame);
  expect(lost).toHaveLength(1);
  await farm.goTo(`#/jobs/${job}/frames/${lost[0]}`);
  await page.getByText(/Lost on the way/).waitFor();
  await farm.goTo('#/workers');

  // As after a cut of power: the same computer, without a code.
  const second = newcomer(farm, ['join']);
  await card.getByText(/Idle|Preparing|Rendering|Delivering/).waitFor();
  await card.getByText(/^Nothing is heard/).waitFor({ state: 'detached' });
  await farm.goTo(`#/jobs/${job}`);
  await page.getByText('12 of 12 frames').waitFor({ timeout: 90_000 });
  const { workers } = await farm.get<{ workers: Worker[] }>('/workers');
  expect(workers.map(({ name, framesDone }) => name === 'newcomer' && framesDone > 0)).toContain(true);
  await second.stop();
  expect(farm.complaints).toEqual([]);
});

test('a worker is drained, woken, forgiven and removed by mouse and by keyboard, and each is seen at once', async () => {
  await using farm = await PageFarm.open(browser(), { flags: ['--slots', '1'] });
  const { page } = farm;
  const { code } = (await (
    await page.request.post(`${farm.base}api/v1/join-codes`, { data: { for: 'worker' } })
  ).json()) as { code: string };
  await mkdir(farm.folder.join('newcomer'), { recursive: true });
  await writeFile(farm.folder.join('newcomer', 'failure-rules.json'), JSON.stringify(RULES));
  const worker = newcomer(farm, ['join', code, '--tag', 'odd']);
  await worker.event('ready');
  await farm.goTo('#/workers');
  await page.getByRole('link', { name: 'newcomer' }).click();
  const main = page.getByRole('main');
  await page.getByRole('region', { name: 'Computer' }).waitFor();
  await main.getByText('Idle', { exact: true }).waitFor();

  await chooseByMouse(main, /^Drain/);
  await main.getByText('Draining', { exact: true }).waitFor();
  const waiting = await farm.submitFake('waiting', { frameEnd: 1 }, '--tag', 'odd');
  await chooseByKeyboard(main, /^Wake/);
  await main.getByText('Draining', { exact: true }).waitFor({ state: 'detached' });
  await expect
    .poll(async () => (await farm.jobs()).find(({ id }) => id === waiting)?.state)
    .toBe('completed');

  for (const name of ['one', 'two', 'three']) await farm.submitFake(name, BROKEN, '--tag', 'odd');
  await main.getByText('Sick', { exact: true }).waitFor();
  await main.getByRole('alert').getByText('Broken.').waitFor();
  await chooseByKeyboard(main, /^Forgive/);
  await main.getByText('Idle', { exact: true }).waitFor();
  expect(await main.getByRole('alert').count()).toBe(0);

  await chooseByKeyboard(main, /^Drain/);
  await main.getByText('Draining', { exact: true }).waitFor();
  await chooseByMouse(main, /^Wake/);
  await main.getByText('Idle', { exact: true }).waitFor();

  // One that still runs comes back by itself; one that does not is gone.
  await chooseByKeyboard(main, /^Remove/);
  await page.getByRole('dialog').getByText('Remove this worker?').waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove the worker' }).press('Enter');
  await expect.poll(async () => (await removals(farm)).length).toBe(1);
  await main.getByText('Idle', { exact: true }).waitFor();
  await worker.stop();
  await chooseByMouse(main, /^Remove/);
  await page.getByRole('dialog').getByRole('button', { name: 'Remove the worker' }).click();
  await main.getByText('The farm does not know this worker').waitFor();
  expect(farm.complaints).toEqual([]);
});

/** Another computer, as far as the farm can tell: it has a data folder of its own. */
function newcomer(farm: PageFarm, args: readonly string[]): Command {
  const own = ['--data', farm.folder.join('newcomer'), '--name', 'newcomer', '--host', '127.0.0.1'];
  return new Command(
    [...args, ...own, '--slots', '1', '--no-measure', '--json'],
    farm.environment,
    farm.folder.path,
  );
}

async function removals(farm: PageFarm): Promise<unknown[]> {
  const { changes } = await farm.get<{ changes: { what: string }[] }>('/history');
  return changes.filter(({ what }) => what === 'remove-worker');
}

async function chooseByMouse(main: Locator, what: RegExp): Promise<void> {
  await main.getByRole('button', { name: /^What to do with/ }).click();
  await main.page().getByRole('menuitem', { name: what }).click();
}

async function chooseByKeyboard(main: Locator, what: RegExp): Promise<void> {
  await main.getByRole('button', { name: /^What to do with/ }).press('Enter');
  await downTo(main.page(), what);
  await main.page().keyboard.press('Enter');
}
