import { startTransition, useLayoutEffect, useState } from 'react';

/** What can be seen of an element, measured from its own top, and how wide it is. CSS pixels. */
export interface View {
  readonly top: number;
  readonly bottom: number;
  readonly width: number;
}

/** A view is told anew when it moved by so much: a list that is drawn beyond the screen need not hear of each pixel. */
const STEP = 100;

export function useView(element: Element | null): View {
  const [view, setView] = useState<View>({ top: 0, bottom: 0, width: 0 });
  useLayoutEffect(() => {
    if (!element) return;
    const look = () => {
      const box = element.getBoundingClientRect();
      const top = Math.floor(-box.top / STEP) * STEP;
      const bottom = Math.ceil((window.innerHeight - box.top) / STEP) * STEP;
      const { width } = box;
      setView((was) =>
        was.top === top && was.bottom === bottom && was.width === width ? was : { top, bottom, width },
      );
    };
    // Whatever grows above the element moves it.
    const watch = new ResizeObserver(look);
    watch.observe(document.body);
    watch.observe(element);
    // Rows beyond the screen can wait for each other: they are made in small pieces, between which the page is drawn.
    const onScroll = () => startTransition(look);
    window.addEventListener('scroll', onScroll, { passive: true });
    window.addEventListener('resize', look);
    look();
    return () => {
      watch.disconnect();
      window.removeEventListener('scroll', onScroll);
      window.removeEventListener('resize', look);
    };
  }, [element]);
  return view;
}
