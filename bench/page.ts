// The page on a large farm: 200 jobs, one of them of a million frames, and 2,000 workers, while they render. How soon
// each page stands, how long the browser's tasks are while one scrolls and looks at frames, and what it holds after
// minutes of live events. Run: npm run build && npx tsx bench/page.ts [--quick] [--minutes 10] [--workers 2000] [--left-open '#/']
// With `--profile FOLDER` each use of a page is kept there as a .cpuprofile, for the browser's own tools.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { launchBrowser } from '../scripts/launch-browser.mjs';
import { putScene } from './dispatch/bench-manager.ts';
import { EventReader } from './dispatch/event-reader.ts';
import { inGroups, LoadedFarm, newJob } from './dispatch/loaded-farm.ts';
import { holds } from './page/holds.ts';
import { notedBy, noteFrom } from './page/noted.ts';
import { profile } from './page/profile.ts';
import { taskTimes } from './page/task-times.ts';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    minutes: { type: 'string' },
    profile: { type: 'string' },
    // Only this page, and only what it holds while it is left open.
    'left-open': { type: 'string' },
    workers: { type: 'string', default: '2000' },
    // While pages are opened and looked at, and while one is left open: events come the faster the shorter frames are.
    'frame-ms': { type: 'string', default: '20000' },
    'short-frame-ms': { type: 'string', default: '4000' },
    pages: { type: 'string', default: join(import.meta.dirname, '../packages/monitor/dist') },
  },
});
const minutes = Number(values.minutes ?? (values.quick ? 0.5 : 10));
const workers = Number(values.workers);

const farm = await LoadedFarm.start({
  ...{ workers, frameMs: Number(values['frame-ms']), jobs: 1, frames: 1_000_000 },
  pageFolder: values.pages,
});
const million = farm.jobs[0] ?? '';
const base = `http://127.0.0.1:${farm.manager.port}/`;
let browser: Browser | null = null;
try {
  const scene = await putScene(farm.calls);
  await inGroups(199, 20, (number) => farm.calls.post('/jobs', newJob(scene, number + 1, '1-2000')));
  await farm.until(() => farm.frameServer.acknowledged > workers, 180);
  // Exact sizes of the heap, which the browser else rounds.
  browser = await launchBrowser('--enable-precise-memory-info');
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  await context.request.post(`${base}api/v1/session`, { data: { key: farm.manager.key } });

  if (values['left-open'] === undefined) await visitAll(context);
  farm.bench.frameMs = Number(values['short-frame-ms']);
  await leaveOpen(browser, context);
} finally {
  await browser?.close();
  await farm.close();
}

async function visitAll(context: BrowserContext): Promise<void> {
  await visit(
    context,
    'jobs',
    '#/',
    has('section[aria-label=Jobs] article', 'section[aria-label=Workers] article'),
  );
  await visit(context, 'workers', '#/workers', has('main article'));
  await visit(context, 'the job of a million', `#/jobs/${million}`, wholeBoard());
}

/** Opens a page anew, five times, then scrolls and steps on it. */
async function visit(context: BrowserContext, name: string, hash: string, stands: string): Promise<void> {
  const times: number[] = [];
  const long: number[] = [];
  // One tab for all: opening another makes the browser draw its own frame anew, on the same two cores.
  const page = await context.newPage();
  await noteFrom(page, stands);
  for (let round = 0; round < (values.quick ? 3 : 5); round += 1) {
    await page.goto('about:blank');
    await pause(1);
    await page.goto(base + hash);
    const noted = await until(page);
    times.push(noted.stoodAt ?? Number.NaN);
    long.push(...noted.long);
  }
  times.sort((a, b) => a - b);
  const median = times[Math.floor(times.length / 2)] ?? 0;
  say(`${name}: stands after ${median.toFixed(0)} ms (median of ${times.length})`, long);

  await pause(2);
  await notedBy(page);
  await use(page, `${name}, scrolled`, async () => {
    await page.mouse.move(400, 500);
    for (let step = 0; step < 60; step += 1) {
      await page.mouse.wheel(0, step < 40 ? 400 : -800);
      await pause(0.05);
    }
  });
  // By its look: to find it by its role takes the page longer than any of its own tasks.
  const map = page.locator('canvas[aria-label^="All frames"]');
  if (await map.count())
    await use(page, `${name}, looked at frames here and there`, async () => {
      await map.focus();
      for (let step = 0; step < 40; step += 1) {
        await page.keyboard.press(step % 4 === 3 ? 'ArrowDown' : 'ArrowRight');
        await pause(0.05);
      }
    });
  await page.close();
}

async function use(page: Page, what: string, act: () => Promise<void>): Promise<void> {
  const before = farm.frameServer.acknowledged;
  const stopProfile = await profile(page, values.profile, what);
  const from = performance.now();
  const times = await taskTimes(page, act);
  const seconds = (performance.now() - from) / 1000;
  await stopProfile();
  const { long, gaps } = await notedBy(page);
  const sorted = [...gaps].sort((a, b) => a - b);
  const slow = sorted[Math.floor(sorted.length * 0.95)] ?? 0;
  const rate = ((farm.frameServer.acknowledged - before) / seconds).toFixed(0);
  say(
    `  ${what}: ${(gaps.length / seconds).toFixed(0)} drawn a second, 95 % within ${slow.toFixed(0)} ms (farm: ${rate} frames/s)`,
    long,
  );
  const busy = times.filter((time) => time > 50).length;
  console.log(
    `    of the processor: ${busy} tasks over 50 ms, the longest ${Math.max(0, ...times).toFixed(0)} ms, of ${times.length}`,
  );
}

/** The page that one leaves open: what it holds at first, and after minutes of events. */
async function leaveOpen(browser: Browser, context: BrowserContext): Promise<void> {
  const reader = new EventReader(farm.manager.port, farm.manager.key, true);
  const pages = values['left-open'] === undefined ? ['#/', `#/jobs/${million}`] : [values['left-open']];
  for (const hash of pages) {
    const page = await context.newPage();
    await noteFrom(page, 'false');
    await page.goto(base + hash);
    await pause(5);
    await notedBy(page);
    const at = performance.now();
    reader.events = 0;
    const first = await holds(browser, page);
    for (let minute = 0; minute < minutes; minute += 0.5) {
      await pause(Math.min(30, minutes * 60));
      const now = await holds(browser, page);
      console.log(
        `  ${hash} after ${((performance.now() - at) / 60_000).toFixed(1)} min: heap ${mb(now.heap)}, the page ${mb(now.own)} (with the browser's program ${mb(now.all)}), ${now.nodes} nodes`,
      );
    }
    const rate = reader.events / ((performance.now() - at) / 1000);
    const { long } = await notedBy(page);
    say(`${hash} left open at ${rate.toFixed(0)} events/s, heap at first ${mb(first.heap)}`, long);
    await page.close();
  }
  reader.close();
}

async function until(page: Page) {
  const giveUp = performance.now() + 60_000;
  const long: number[] = [];
  for (;;) {
    const noted = await notedBy(page);
    long.push(...noted.long);
    if (noted.stoodAt !== null || performance.now() > giveUp) return { ...noted, long };
    await pause(0.1);
  }
}

function has(...selectors: string[]): string {
  return selectors.map((selector) => `document.querySelector('${selector}')`).join(' && ');
}

/** The map of all frames is drawn, and nothing is being read. */
function wholeBoard(): string {
  return `${has('canvas[role=slider]')} && document.querySelector('canvas[role=slider]').width > 300 && !document.body.textContent.includes('read so far')`;
}

function say(what: string, long: readonly number[]): void {
  const most = long.length === 0 ? '' : `, the longest ${Math.max(...long).toFixed(0)} ms`;
  console.log(`${what}; ${long.length} tasks over 50 ms${most}`);
}

function mb(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}

function pause(seconds: number): Promise<void> {
  return new Promise((next) => setTimeout(next, seconds * 1000));
}
