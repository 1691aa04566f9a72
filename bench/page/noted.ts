/// <reference lib="dom" />
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';

/** What a page noted of itself since it was opened or last asked. Milliseconds. */
export interface Noted {
  /** Since the navigation began, until everything that was waited for stood; null: not yet. */
  readonly stoodAt: number | null;
  /** Tasks of the main thread that were longer than 50 ms. */
  readonly long: readonly number[];
  /** Between one drawn frame and the next. */
  readonly gaps: readonly number[];
}

/** Makes whatever is opened in `page` note of itself; `stands` is an expression that is true once all stands. */
export async function noteFrom(page: Page, stands: string): Promise<void> {
  const script = await readFile(new URL('note.mjs', import.meta.url), 'utf8');
  await page.addInitScript(`{ window.stands = () => ${stands}; ${script} }`);
}

/** What was noted since the last time. */
export function notedBy(page: Page): Promise<Noted> {
  return page.evaluate(() => {
    const { notes } = window as unknown as {
      notes: { stoodAt: number | null; long: number[]; gaps: number[] };
    };
    return { stoodAt: notes.stoodAt, long: notes.long.splice(0), gaps: notes.gaps.splice(0) };
  });
}
