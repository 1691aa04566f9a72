import { readFile } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';

/** What a page holds after its garbage was collected, bytes, and how many nodes. */
export interface Held extends Resident {
  readonly heap: number;
  readonly nodes: number;
}

/** Of a process, bytes. */
interface Resident {
  /** Its own: what the browser's task manager calls the memory footprint of a page. */
  readonly own: number;
  /** With the browser's program, which all of its processes share. */
  readonly all: number;
}

export async function holds(browser: Browser, page: Page): Promise<Held> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  await session.send('Performance.enable');
  const { metrics } = await session.send('Performance.getMetrics');
  const metric = (name: string) => metrics.find((one) => one.name === name)?.value ?? 0;
  await session.detach();
  return { heap: metric('JSHeapUsedSize'), nodes: metric('Nodes'), ...(await largestRenderer(browser)) };
}

/** One page is open, so the largest of the browser's page processes is its own; others are kept in reserve. */
async function largestRenderer(browser: Browser): Promise<Resident> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  const pages = await Promise.all(
    processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => resident(id)),
  );
  return pages.reduce((most, one) => (one.own > most.own ? one : most), { own: 0, all: 0 });
}

async function resident(pid: number): Promise<Resident> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const bytes = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) * 1024;
  return { own: bytes('RssAnon') + bytes('VmSwap'), all: bytes('VmRSS') };
}
