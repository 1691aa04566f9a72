import { readFile } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';

/** What a page holds after its garbage was collected: bytes of its heap, of its whole process, and nodes. */
export interface Held {
  readonly heap: number;
  readonly process: number;
  readonly nodes: number;
}

export async function holds(browser: Browser, page: Page): Promise<Held> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  await session.send('Performance.enable');
  const { metrics } = await session.send('Performance.getMetrics');
  const metric = (name: string) => metrics.find((one) => one.name === name)?.value ?? 0;
  await session.detach();
  return { heap: metric('JSHeapUsedSize'), process: await largestRenderer(browser), nodes: metric('Nodes') };
}

/** One page is open, so the largest of the browser's page processes is its own; others are kept in reserve. */
async function largestRenderer(browser: Browser): Promise<number> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  const pages = processInfo.filter(({ type }) => type === 'renderer');
  const sizes = await Promise.all(pages.map(({ id }) => residentBytes(id)));
  return Math.max(0, ...sizes);
}

async function residentBytes(pid: number): Promise<number> {
  const rollup = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/VmRSS:\s+(\d+)/.exec(rollup)?.[1] ?? 0) * 1024;
}
