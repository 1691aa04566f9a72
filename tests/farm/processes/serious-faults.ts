/// <reference lib="dom" />
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const axeFile = createRequire(import.meta.url).resolve('axe-core');

interface Axe {
  run(): Promise<{
    violations: { id: string; impact: string; nodes: { html: string; failureSummary: string }[] }[];
  }>;
}

/** What keeps people out of what the page shows now, by axe-core: which rule, how bad, and where. */
export async function seriousFaults(page: Page): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(await readFile(axeFile, 'utf8'));
  return page.evaluate(async () => {
    // A colour on its way to another is neither; what is taken away meanwhile never gets there.
    const changing = document.getAnimations().filter((one) => one instanceof CSSTransition);
    await Promise.all(changing.map((one) => one.finished.catch(() => undefined)));
    const { violations } = await (window as unknown as { axe: Axe }).axe.run();
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, impact, nodes }) =>
        nodes
          .slice(0, 3)
          .map(
            ({ html, failureSummary }) =>
              `${id} (${impact}): ${html.slice(0, 160)} | ${failureSummary.slice(0, 200)}`,
          ),
      );
  });
}
