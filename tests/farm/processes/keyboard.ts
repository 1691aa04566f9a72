/// <reference lib="dom" />
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

/** Something to be reached: its role and its name, as they are read aloud. */
export interface Goal {
  readonly role: 'button' | 'link' | 'checkbox' | 'switch' | 'radio' | 'textbox' | 'slider' | 'combobox';
  readonly name: string | RegExp;
}

/** What is seen listens by then, on a busy computer too. */
const LISTENS_MS = 5000;

/** Presses Tab until it has the focus, which can be seen. */
export async function tabTo(
  page: Page,
  { role, name }: Goal,
  key: 'Tab' | 'Shift+Tab' = 'Tab',
): Promise<void> {
  const goal = page.getByRole(role, { name }).and(page.locator(':focus'));
  for (let steps = 0; steps < 80; steps += 1) {
    await page.keyboard.press(key);
    if ((await goal.count()) === 0) continue;
    expect(await goal.evaluate(showsFocus), `${name} shows that it has the focus`).toBe(true);
    return;
  }
  throw new Error(`${role} ${name} is not reached with ${key}`);
}

/** A ring around it, around what stands for it, or around the field that it is written into. */
function showsFocus(element: Element): boolean {
  const rings = [null, '::before', '::after'].map((part) => getComputedStyle(element, part));
  // A switch is drawn by what follows its input.
  if (element.matches('input') && element.nextElementSibling)
    rings.push(getComputedStyle(element.nextElementSibling));
  const hasRing = ({ outlineStyle, outlineWidth }: CSSStyleDeclaration) =>
    outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 1;
  const isField =
    element.matches('input, select, textarea') && getComputedStyle(element).borderWidth !== '0px';
  return rings.some(hasRing) || isField;
}

/** Goes to a choice and takes what begins with `first`. */
export async function choose(page: Page, name: string, first: string): Promise<void> {
  await tabTo(page, { role: 'combobox', name });
  await page.keyboard.type(first);
  const chosen = () =>
    page.locator('select:focus').evaluate((choice: HTMLSelectElement) => choice.selectedOptions[0]?.label);
  await expect.poll(chosen).toMatch(new RegExp(`^${first}`));
}

/** Writes in the place of what stands in the field that has the focus. */
export async function rewrite(page: Page, text: string): Promise<void> {
  await page.keyboard.press('Control+a');
  await page.keyboard.press('Delete');
  await page.keyboard.type(text);
}

export async function isBackAt(page: Page, { role, name }: Goal): Promise<void> {
  const goal = page.getByRole(role, { name }).and(page.locator(':focus'));
  await expect.poll(() => goal.count(), { message: `${name} has the focus again` }).toBe(1);
}

/** The focus is there or on something in it, also when what had it is gone. */
export async function isWithin(page: Page, role: 'region' | 'toolbar' | 'list', name: string): Promise<void> {
  const place = page.getByRole(role, { name, exact: true });
  const focused = place.and(page.locator(':focus')).or(place.locator(':focus'));
  await expect.poll(() => focused.count(), { message: `the focus is in ${name}` }).toBe(1);
}

/** Presses Escape until no menu and no dialog is open: what opens is seen a moment before it listens. */
export async function closeAll(page: Page): Promise<void> {
  const open = page.getByRole('dialog').or(page.getByRole('menu')).first();
  for (let tries = 0; tries < 10; tries += 1) {
    await page.keyboard.press('Escape');
    const isGone = open.waitFor({ state: 'detached', timeout: LISTENS_MS }).then(() => true);
    if (await isGone.catch(() => false)) return;
  }
  throw new Error('what is open does not close with Escape');
}

/** Goes down an open menu with arrows. */
export async function downTo(page: Page, name: string | RegExp): Promise<void> {
  const item = page.getByRole('menuitem', { name });
  await item.waitFor();
  for (let steps = 0; steps < 50; steps += 1) {
    await page.keyboard.press('ArrowDown');
    if (await item.and(page.locator(':focus')).count()) return;
    // It has the focus a moment after it is seen.
    if ((await page.locator('[role=menu] :focus').count()) === 0) await page.waitForTimeout(100);
  }
  throw new Error(`${name} is not reached with arrows`);
}
