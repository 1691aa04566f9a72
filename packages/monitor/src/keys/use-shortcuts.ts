import { useEffect, useRef } from 'react';
import { type Shortcut, shortcutOf } from './shortcut.ts';

/** Keys that belong together follow each other within this time. Milliseconds. */
const TOGETHER = 1500;

/** Listens for shortcuts, as long as nobody writes, chooses from a menu or answers a question. */
export function useShortcuts(on: boolean, onList: () => void): void {
  const before = useRef<{ key: string; at: number } | null>(null);
  const list = useRef(onList);
  list.current = onList;
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return;
      if (isBusy(event.target)) return;
      const isNear = before.current !== null && event.timeStamp - before.current.at < TOGETHER;
      const shortcut = shortcutOf(event.key, isNear ? (before.current?.key ?? null) : null);
      before.current = shortcut ? null : { key: event.key, at: event.timeStamp };
      // The list itself is always there: it is where the others are switched off.
      if (!shortcut || !(on || shortcut.does === 'list')) return;
      if (shortcut.does === 'list') list.current();
      else if (!follow(shortcut)) return;
      event.preventDefault();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [on]);
}

function isBusy(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false;
  if (target instanceof HTMLInputElement) return target.type !== 'checkbox';
  return target.closest('textarea, select, [contenteditable], [role=menu], [role=dialog]') !== null;
}

/** False when there is nothing that it could be done to. */
function follow(shortcut: Exclude<Shortcut, { does: 'list' }>): boolean {
  switch (shortcut.does) {
    case 'go':
      window.location.hash = shortcut.to;
      return true;
    case 'find':
      return focus(document.querySelector<HTMLElement>('main input[type=search]'));
    case 'move':
      return focus(neighbourOf(document.activeElement, shortcut.by));
    case 'select': {
      const box = itemOf(document.activeElement)?.querySelector<HTMLInputElement>('input[type=checkbox]');
      box?.click();
      return box !== null && box !== undefined;
    }
  }
}

function focus(element: HTMLElement | null): boolean {
  element?.focus();
  return element !== null;
}

function itemOf(element: Element | null): Element | null {
  return element?.closest('main [role=listitem]') ?? null;
}

/** The link of the item after or before the one that has the focus, or of the first on the page. */
function neighbourOf(element: Element | null, by: 1 | -1): HTMLElement | null {
  const items = [...document.querySelectorAll('main [role=listitem]')];
  const here = itemOf(element);
  const next = here === null ? 0 : items.indexOf(here) + by;
  return items[next]?.querySelector<HTMLElement>('h3 a') ?? null;
}
