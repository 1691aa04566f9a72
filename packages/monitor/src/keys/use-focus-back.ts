import { useEffect, useState } from 'react';

/**
 * Brings the focus back to where it was when something opened that was asked for in a menu, or that is made anew each
 * time: a dialog by itself would give it to the menu's item, which is gone by then.
 */
export function useFocusBack(opened: boolean): void {
  const [asked, setAsked] = useState<{ readonly from: HTMLElement | null } | null>(null);
  if (opened && !asked) setAsked({ from: placeOfFocus() });
  useEffect(() => {
    if (opened || !asked) return;
    setAsked(null);
    // What it was about may be gone with the answer.
    const back = asked.from?.isConnected ? asked.from : document.querySelector('main');
    back?.focus({ preventScroll: true });
  }, [opened, asked]);
}

/** Where the focus is; in a menu, the button of the menu. */
function placeOfFocus(): HTMLElement | null {
  const now = document.activeElement;
  const menu = now?.closest('[role="menu"]');
  const button = menu ? document.getElementById(menu.getAttribute('aria-labelledby') ?? '') : null;
  return button ?? (now instanceof HTMLElement ? now : null);
}
