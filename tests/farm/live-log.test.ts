/// <reference lib="dom" />
import { expect, test } from 'vitest';
import { Command } from './processes/command.ts';
import { PageFarm } from './processes/page-farm.ts';
import { browserForTests } from './processes/test-browser.ts';

const browser = browserForTests();
const PROBLEM = JSON.stringify({ code: 'farm.starting', detail: 'The frame server is being moved.' });

test('what Blender says of a frame is followed on its page and in a terminal while it renders, and all of it is there at its end', async () => {
  await using farm = await PageFarm.open(browser(), { flags: ['--slots', '1'] });
  const { page } = farm;
  const job = await farm.submitFake('comet', { frameEnd: 1, secondsPerFrame: 12 });
  await farm.goTo(`#/jobs/${job}/frames/1`);
  const log = page.getByRole('region', { name: 'Log' });
  const lines = log.getByRole('log').locator('bdi');
  await log.getByText(/^Live on/).waitFor();
  await lines.filter({ hasText: 'Sample 3/48' }).waitFor();
  const follow = ['logs', job, '1', '--follow', '--data', farm.folder.join('data')];
  const terminal = new Command(follow, farm.environment, farm.folder.path);

  // More comes by itself, the end stays in view, and what is searched for is found in what there is.
  await lines.filter({ hasText: 'Sample 20/48' }).waitFor();
  expect(
    await log.getByRole('log').evaluate((box) => box.scrollHeight - box.scrollTop - box.clientHeight),
  ).toBeLessThan(24);
  await log.getByRole('textbox', { name: 'Search the log' }).fill('sample 2/');
  await expect.poll(() => lines.count()).toBe(1);
  await log.getByText(/^1 of \d+ lines$/).waitFor();
  await log.getByRole('textbox', { name: 'Search the log' }).fill('');

  const { code, stdout } = await terminal.ended;
  expect(code).toBe(0);
  const said = stdout.split('\n').filter((line) => line.includes('Sample '));
  expect(said.map((line) => /Sample (\d+)/.exec(line)?.[1])).toEqual(
    Array.from({ length: 48 }, (_, index) => `${index + 1}`),
  );
  expect(stdout).toContain('Saved:');
  await lines.filter({ hasText: 'Saved:' }).waitFor();
  await log.getByText(/^Live/).waitFor({ state: 'detached' });
  await log.getByRole('link', { name: 'All of it as text' }).waitFor();
  expect(farm.complaints).toEqual([]);
});

test('a log that cannot be followed says so, is asked for at once by whoever likes, and its end is in view on a phone', async () => {
  await using farm = await PageFarm.open(browser(), {
    ...{ flags: ['--slots', '1'], expected: /503/, browsing: { viewport: { width: 390, height: 844 } } },
  });
  const { page } = farm;
  const job = await farm.submitFake('comet', { frameEnd: 1, secondsPerFrame: 20 });
  await page.route('**/live-log*', (route) =>
    route.fulfill({ status: 503, contentType: 'application/problem+json', body: PROBLEM }),
  );
  await farm.goTo(`#/jobs/${job}/frames/1`);
  const log = page.getByRole('region', { name: 'Log' });
  const sentence = log.getByRole('alert').filter({ hasText: 'The log is not followed now' });
  await sentence.getByText('The frame server is being moved.').waitFor();
  await page.unroute('**/live-log*');
  await sentence.getByRole('button', { name: 'Ask now' }).focus();
  await page.keyboard.press('Enter');
  await log.getByText(/^Live on/).waitFor();
  await sentence.waitFor({ state: 'detached' });

  // Long lines are broken here, and each new one is seen whole.
  const box = log.getByRole('log');
  for (const sample of [12, 24, 36]) {
    await box.getByText(`Sample ${sample}/`).waitFor();
    const below = await box.evaluate((lines) => lines.scrollHeight - lines.scrollTop - lines.clientHeight);
    expect(below).toBeLessThan(2);
  }
  expect(
    await box
      .locator('div')
      .last()
      .evaluate((line) => line.clientHeight),
  ).toBeGreaterThan(30);
  await page.request.post(`${farm.base}api/v1/jobs/${job}/cancel`);
  expect(farm.complaints).toEqual([]);
});

test('a frame that says far more than is kept is followed at its end, and its worker stays in the farm', async () => {
  await using farm = await PageFarm.open(browser(), { flags: ['--slots', '1'] });
  const { page } = farm;
  const job = await farm.submitFake('chatter', {
    ...{ frameEnd: 1, behaviour: 'flood', flood: '<b onload=alert(1)>\u202E\u001b[31m', secondsPerFrame: 1 },
  });
  await farm.goTo(`#/jobs/${job}/frames/1`);
  const log = page.getByRole('region', { name: 'Log' });
  await log.getByText(/, the first [\d,]+ left out$/).waitFor();
  await log
    .getByText(/<b onload=alert\(1\)>/)
    .last()
    .waitFor();
  expect(await log.getByRole('log').locator('div').count()).toBeLessThanOrEqual(5000);
  const { workers } = await farm.get<{ workers: { state: string }[] }>('/workers');
  expect(workers.map(({ state }) => state)).toEqual(['rendering']);
  await page.request.post(`${farm.base}api/v1/jobs/${job}/cancel`);
  expect(farm.complaints).toEqual([]);
});
