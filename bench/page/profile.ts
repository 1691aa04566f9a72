import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';

/** Notes from now on where a page's time goes; what is returned ends that and writes it down. Nothing without a folder. */
export async function profile(
  page: Page,
  folder: string | undefined,
  what: string,
): Promise<() => Promise<void>> {
  if (folder === undefined) return async () => undefined;
  const session = await page.context().newCDPSession(page);
  await session.send('Profiler.enable');
  await session.send('Profiler.setSamplingInterval', { interval: 500 });
  await session.send('Profiler.start');
  return async () => {
    const { profile: seen } = await session.send('Profiler.stop');
    await session.detach();
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, `${what.replaceAll(/[^a-z]+/g, '-')}.cpuprofile`), JSON.stringify(seen));
  };
}
