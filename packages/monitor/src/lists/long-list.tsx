import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { type FocusEvent, type ReactNode, useLayoutEffect, useState } from 'react';
import styles from './long-list.module.css';
import { rowsToDraw } from './rows-to-draw.ts';

interface LongListProps<Item> {
  readonly items: readonly Item[];
  readonly idOf: (item: Item) => string;
  readonly draw: (item: Item) => ReactNode;
  /** A column is at least so wide, if there is room for more than one. CSS pixels. */
  readonly column: number;
  readonly gap: number;
  /** Roughly the height of an item, until it was seen. CSS pixels. */
  readonly height: number;
  readonly label: string;
}

/**
 * A list of any length in as many columns as fit. Only what is near the screen is there, and the item that has the focus,
 * so that the keyboard does not lose its place.
 */
export function LongList<Item>(props: LongListProps<Item>) {
  const { items, idOf, draw, column, gap, height, label } = props;
  const [element, setElement] = useState<HTMLDivElement | null>(null);
  const { top, width } = usePlace(element);
  const [focused, setFocused] = useState<number | null>(null);
  const columns = Math.max(1, Math.floor((width + gap) / (column + gap)));
  const rows = Math.ceil(items.length / columns);
  const list = useWindowVirtualizer({
    count: width === 0 ? 0 : rows,
    estimateSize: () => height,
    ...{ gap, overscan: 3, scrollMargin: top, useFlushSync: false },
    getItemKey: (row) => keyOf(items[row * columns], idOf),
    rangeExtractor: (range) => rowsToDraw(range, focused),
  });
  const onFocus = (event: FocusEvent) => setFocused(rowOf(event.target));
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only learns where the focus is
    <div ref={setElement} onFocus={onFocus} onBlur={() => setFocused(null)}>
      {/* biome-ignore lint/a11y/useSemanticElements: rows stand between the list and its items, which a ul may not have */}
      <div role="list" aria-label={label} className={styles.list} style={{ height: list.getTotalSize() }}>
        {list.getVirtualItems().map(({ key, index, start }) => (
          <div
            key={key}
            ref={list.measureElement}
            data-index={index}
            role="presentation"
            className={styles.row}
            style={{
              gap,
              gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`,
              transform: `translateY(${start - top}px)`,
            }}
          >
            {items.slice(index * columns, (index + 1) * columns).map((item, at) => (
              // biome-ignore lint/a11y/useSemanticElements: as above
              <div
                key={idOf(item)}
                role="listitem"
                aria-setsize={items.length}
                aria-posinset={index * columns + at + 1}
              >
                {draw(item)}
              </div>
            ))}
          </div>
        ))}
      </div>
    </div>
  );
}

function keyOf<Item>(item: Item | undefined, idOf: (item: Item) => string): string {
  return item === undefined ? '' : idOf(item);
}

function rowOf(element: Element): number | null {
  const row = element.closest<HTMLElement>('[data-index]');
  return row ? Number(row.dataset.index) : null;
}

/** How wide an element is, and how far below the top of the page, as what is above it grows and shrinks. CSS pixels. */
function usePlace(element: Element | null): { top: number; width: number } {
  const [place, setPlace] = useState({ top: 0, width: 0 });
  useLayoutEffect(() => {
    if (!element) return;
    const look = () => {
      const box = element.getBoundingClientRect();
      const top = Math.round(box.top + window.scrollY);
      setPlace((was) => (was.top === top && was.width === box.width ? was : { top, width: box.width }));
    };
    const watch = new ResizeObserver(look);
    watch.observe(document.body);
    watch.observe(element);
    look();
    return () => watch.disconnect();
  }, [element]);
  return place;
}
