/// <reference lib="dom" />
import type { BrowserContext } from 'playwright-core';
import { expect, test } from 'vitest';
import { PageFarm } from './processes/page-farm.ts';
import { seriousFaults } from './processes/serious-faults.ts';
import { browserForTests, complaintsOf } from './processes/test-browser.ts';

const NAMES = [
  '<script>window.breached = 1</script>',
  '<img src=x onerror="window.breached = 1">',
  '\u202Eevil\u202C gpj.exe \u2066and\u2069 \u200Fright',
  `${'endless '.repeat(24)}`,
  'x'.repeat(200),
  '🌌👩‍🚀 स्वर्ग आकाशगंगा 銀河',
  '{{constructor.constructor("window.breached = 1")()}} $(1+1) %s',
] as const;

const browser = browserForTests();

test('whatever jobs, people, tags and workers are called, every page shows it harmlessly, within its width, and readable for all', async () => {
  await using farm = await PageFarm.open(browser());
  const { base } = farm;
  const job = await farm.submitFake('first', { frames: [1, 40], failOn: [3] });
  await farm.page.getByText('first').first().waitFor();
  const context = farm.page.context();
  const worker = await makeHostileFarm(context, base, job);
  const cookies = await context.cookies();

  const pages = [
    '#/',
    `#/jobs/${job}`,
    '#/workers',
    `#/workers/${worker}`,
    `#/jobs/${job}/frames/1`,
    '#/farm',
    '#/history',
    '#/people',
    '#/submit',
  ];
  const found: string[] = [];
  for (const colorScheme of ['dark', 'light'] as const)
    for (const width of [1440, 390, 320]) {
      const view = await browser().newContext({
        viewport: { width, height: 900 },
        colorScheme,
        reducedMotion: 'reduce',
      });
      await view.addCookies(cookies);
      const page = await view.newPage();
      const complaints = complaintsOf(page);
      for (const hash of pages) {
        await page.goto(base + hash);
        await page.getByText('Live', { exact: true }).waitFor({ state: 'attached' });
        await page.locator('[aria-busy=true]').waitFor({ state: 'detached' });
        if (hash === `#/jobs/${job}`) await page.getByRole('region', { name: 'Player' }).waitFor();
        if (hash.endsWith('/frames/1'))
          await page.getByRole('button', { name: 'The next' }).and(page.locator(':enabled')).waitFor();
        const seen = `${hash} at ${width} px, ${colorScheme}`;
        expect(await page.evaluate(() => 'breached' in window), seen).toBe(false);
        const overflow = () => document.documentElement.scrollWidth - window.innerWidth;
        if ((await page.evaluate(overflow)) > 0) found.push(`${seen}: wider than the screen`);
        found.push(...(await seriousFaults(page)).map((violation) => `${seen}: ${violation}`));
      }
      await page.keyboard.press('?');
      await page.getByRole('dialog', { name: 'Keys' }).waitFor();
      const inDialog = await seriousFaults(page);
      found.push(...inDialog.map((violation) => `the keys at ${width} px, ${colorScheme}: ${violation}`));
      expect(complaints).toEqual([]);
      await view.close();
    }
  expect(found, found.join('\n')).toEqual([]);
});

/** Jobs, people, tags and a worker with names nobody should have. Returns the worker's id. */
async function makeHostileFarm(context: BrowserContext, base: string, job: string): Promise<string> {
  const api = `${base}api/v1`;
  const { scene } = (await (await context.request.get(`${api}/jobs/${job}`)).json()) as { scene: object };
  for (const name of NAMES) {
    const trimmed = name.slice(0, 190).trim();
    const data = {
      name: trimmed,
      submitter: trimmed.slice(0, 60),
      scene,
      frames: '1-3',
      settings: {},
      tags: [trimmed.slice(0, 40).trim()],
    };
    const answer = await context.request.post(`${api}/jobs`, { data });
    expect([200, 400, 422], await answer.text()).toContain(answer.status());
  }
  const { workers } = (await (await context.request.get(`${api}/workers`)).json()) as {
    workers: { id: string }[];
  };
  const worker = workers[0]?.id ?? '';
  const settings = { tags: NAMES.map((name) => name.slice(0, 60).trim()) };
  await context.request.post(`${api}/workers/${worker}/settings`, { data: settings });
  return worker;
}
