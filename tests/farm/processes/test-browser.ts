import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { launchBrowser } from '../../../scripts/launch-browser.mjs';

/** As long as `expect.poll` waits, milliseconds: a busy computer takes its time. */
const PATIENCE_MS = 60_000;

/** A browser for all tests of the file that calls this; to be asked for within them. */
export function browserForTests(): () => Browser {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
    browser.on('context', (context) => context.setDefaultTimeout(PATIENCE_MS));
  });
  afterAll(() => browser.close());
  return () => browser;
}

/**
 * What the page complains of from now on: errors in its scripts, requests that its security policy stopped or that were
 * refused, dialogs. What matches `expected` belongs to the test.
 */
export function complaintsOf(page: Page, expected?: RegExp): string[] {
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('dialog', async (dialog) => {
    complaints.push(`a dialog: ${dialog.message()}`);
    await dialog.dismiss();
  });
  page.on('console', (message) => {
    if (message.type() !== 'error' || expected?.test(message.text())) return;
    complaints.push(`${message.text()} ${message.location().url}`.trim());
  });
  return complaints;
}

/** Opens a page of the farm, `#/workers` for instance, and gives the farm's key where it is asked for. */
export async function signIn(page: Page, farm: { url: string; key: string }, hash: string): Promise<void> {
  await page.goto(`${farm.url}/${hash}`);
  await page.getByRole('textbox').or(page.locator('input[type=password]')).first().fill(farm.key);
  await page.keyboard.press('Enter');
}
