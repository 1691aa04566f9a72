/// <reference lib="dom" />
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Command, fakeBlender } from './processes/command.ts';
import { writeFakeScene } from './processes/scenes.ts';
import { TestFolder } from './processes/test-folder.ts';

const axeFile = createRequire(import.meta.url).resolve('axe-core');

const NAMES = [
  '<script>window.breached = 1</script>',
  '<img src=x onerror="window.breached = 1">',
  '\u202Eevil\u202C gpj.exe \u2066and\u2069 \u200Fright',
  `${'endless '.repeat(24)}`,
  'x'.repeat(200),
  '🌌👩‍🚀 स्वर्ग आकाशगंगा 銀河',
  '{{constructor.constructor("window.breached = 1")()}} $(1+1) %s',
] as const;

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

test('whatever jobs, people, tags and workers are called, every page shows it harmlessly, within its width, and readable for all', async () => {
  await using folder = await TestFolder.make();
  const environment = { AKASHGANGA_BLENDER: fakeBlender };
  const data = ['--data', folder.join('data')];
  const local = ['--host', '127.0.0.1', '--address', '127.0.0.1', '--port', '0', '--frames-port', '0'];
  const up = new Command(['up', '--json', ...data, ...local], environment, folder.path);
  const { page: link } = await up.event('up');
  const scene = await writeFakeScene(folder, { frames: [1, 40], failOn: [3] }, { name: 'first' });
  const { job } = await new Command(['submit', scene, '--json', ...data], environment, folder.path).event(
    'submitted',
  );

  const context = await browser.newContext();
  const first = await context.newPage();
  await first.goto(String(link));
  await first.getByText('first').first().waitFor();
  const base = first.url().split('#')[0] ?? '';
  const worker = await makeHostileFarm(context, base, String(job));
  const cookies = await context.cookies();

  const pages = ['#/', `#/jobs/${job}`, '#/workers', `#/workers/${worker}`, '#/history', '#/submit'];
  const found: string[] = [];
  for (const colorScheme of ['dark', 'light'] as const)
    for (const width of [1440, 390]) {
      const view = await browser.newContext({
        viewport: { width, height: 900 },
        colorScheme,
        reducedMotion: 'reduce',
      });
      await view.addCookies(cookies);
      const page = await view.newPage();
      const complaints = listen(page);
      for (const hash of pages) {
        await page.goto(base + hash);
        await page.getByText('Live', { exact: true }).waitFor({ state: 'attached' });
        await page.locator('[aria-busy=true]').waitFor({ state: 'detached' });
        const seen = `${hash} at ${width} px, ${colorScheme}`;
        expect(await page.evaluate(() => 'breached' in window), seen).toBe(false);
        const overflow = () => document.documentElement.scrollWidth - window.innerWidth;
        if ((await page.evaluate(overflow)) > 0) found.push(`${seen}: wider than the screen`);
        found.push(...(await violations(page)).map((violation) => `${seen}: ${violation}`));
      }
      expect(complaints).toEqual([]);
      await view.close();
    }
  expect(found).toEqual([]);
  await context.close();
  await up.stop();
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

/** What keeps people out, by axe: rule, how bad, and where. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(await readFile(axeFile, 'utf8'));
  return page.evaluate(async () => {
    const { axe } = window as unknown as {
      axe: {
        run: () => Promise<{
          violations: { id: string; impact: string; nodes: { html: string; failureSummary: string }[] }[];
        }>;
      };
    };
    const { violations } = await axe.run();
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, impact, nodes }) =>
        nodes
          .slice(0, 3)
          .map(
            (node) => `${id} (${impact}): ${node.html.slice(0, 160)} | ${node.failureSummary.slice(0, 200)}`,
          ),
      );
  });
}

/** What the page itself complains of: errors in its scripts, and requests its security policy stopped. */
function listen(page: Page): string[] {
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('dialog', (dialog) => complaints.push(`a dialog: ${dialog.message()}`));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  return complaints;
}
