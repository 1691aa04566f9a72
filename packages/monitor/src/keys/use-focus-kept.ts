import { useEffect } from 'react';

/** Where one stands when what had the focus is gone: parts of a page that have a name or a meaning of their own. */
const PLACES = 'form, li, article, section, main, [role=listitem], [role=list], [role=toolbar]';

interface Focused {
  readonly element: HTMLElement;
  readonly name: string | null;
  /** The places that it is in, from the nearest on. */
  readonly places: readonly HTMLElement[];
  /** It was switched off since, for as long as something is under way for instance. */
  wasOff: boolean;
}

/**
 * Keeps the focus on the page. A button that is switched off while its work is done has it again when it is switched on.
 * In the place of something that went, what is made anew with its name has it, as in a form that begins again, and else
 * the part of the page around it. Browsers let it go to nowhere.
 */
export function useFocusKept(): void {
  useEffect(() => {
    let focused: Focused | null = null;
    const watch = new MutationObserver((records) => {
      if (focused) keep(focused, records);
    });
    const letGo = () => {
      focused = null;
      watch.disconnect();
    };
    const onFocus = ({ target }: FocusEvent) => {
      letGo();
      // Who came by mouse loses nothing, and is spared the watching.
      if (!(target instanceof HTMLElement) || !target.matches(':focus-visible')) return;
      focused = { element: target, name: nameOf(target), places: placesOf(target), wasOff: false };
      watch.observe(document.body, { subtree: true, childList: true, attributeFilter: ['disabled'] });
    };
    document.addEventListener('focusin', onFocus);
    document.addEventListener('pointerdown', letGo);
    return () => {
      letGo();
      document.removeEventListener('focusin', onFocus);
      document.removeEventListener('pointerdown', letGo);
    };
  }, []);
}

function keep(focused: Focused, records: readonly MutationRecord[]): void {
  const { element, name, places } = focused;
  if (element.matches(':disabled')) focused.wasOff = true;
  const isNowhere = document.activeElement === null || document.activeElement === document.body;
  if (!isNowhere || !document.hasFocus()) return;
  if (element.isConnected) {
    const wasMoved = records.some(({ removedNodes }) => [...removedNodes].some((it) => it.contains(element)));
    if (focused.wasOff || wasMoved) element.focus({ preventScroll: true });
    return;
  }
  const place = places.find(({ isConnected }) => isConnected);
  if (!place) return;
  const alike = [...place.querySelectorAll<HTMLElement>(element.tagName)];
  const isIt = (it: HTMLElement) => name !== null && nameOf(it) === name && !it.matches(':disabled');
  const next = alike.find(isIt) ?? place;
  if (next === place && !place.hasAttribute('tabindex')) place.tabIndex = -1;
  next.focus({ preventScroll: true });
}

/** What it is called, near enough to know it again; null where that would be the words of a whole part of the page. */
function nameOf(element: HTMLElement): string | null {
  if (!element.matches('a, button, input, select, textarea')) return null;
  const label = 'labels' in element ? (element.labels as NodeListOf<HTMLLabelElement> | null)?.[0] : null;
  return element.ariaLabel || label?.textContent || element.textContent || null;
}

/** Menus and dialogs have none: they give the focus back themselves. */
function placesOf(element: HTMLElement): HTMLElement[] {
  if (element.closest('[role=menu], [role=dialog]')) return [];
  const places: HTMLElement[] = [];
  for (let at = element.parentElement; at; at = at.parentElement) if (at.matches(PLACES)) places.push(at);
  return places;
}
