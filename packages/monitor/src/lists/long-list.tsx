import { type FocusEvent, type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import styles from './long-list.module.css';
import { placeRows, rowsBetween } from './row-places.ts';
import { useView } from './use-view.ts';

/** So much is drawn beyond the screen, above and below. CSS pixels. */
const BEYOND = 400;

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
  const { top, bottom, width } = useView(element);
  const { seen, version, measure } = useSeenHeights();
  const [focused, setFocused] = useState<number | null>(null);
  const columns = Math.max(1, Math.floor((width + gap) / (column + gap)));
  // biome-ignore lint/correctness/useExhaustiveDependencies: heights change in place, their version says when
  const places = useMemo(() => {
    const keys = items.filter((_, at) => at % columns === 0).map(idOf);
    return placeRows(keys, seen, height, gap);
  }, [items, idOf, columns, height, gap, seen, version]);
  const rows = width === 0 ? [] : rowsBetween(places, top - BEYOND, bottom + BEYOND, focused);
  const onFocus = (event: FocusEvent) => setFocused(rowOf(event.target));
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only learns where the focus is
    <div ref={setElement} onFocus={onFocus} onBlur={() => setFocused(null)}>
      {/* biome-ignore lint/a11y/useSemanticElements: rows stand between the list and its items, which a ul may not have */}
      <div role="list" aria-label={label} className={styles.list} style={{ height: places.height }}>
        {rows.map((row) => {
          const inRow = items.slice(row * columns, (row + 1) * columns);
          const [first] = inRow;
          const key = first === undefined ? '' : idOf(first);
          return (
            <Row key={key} id={key} row={row} top={places.tops[row] ?? 0} {...{ gap, columns, measure }}>
              {inRow.map((item, at) => (
                // biome-ignore lint/a11y/useSemanticElements: as above
                <div
                  key={idOf(item)}
                  role="listitem"
                  aria-setsize={items.length}
                  aria-posinset={row * columns + at + 1}
                >
                  {draw(item)}
                </div>
              ))}
            </Row>
          );
        })}
      </div>
    </div>
  );
}

function Row(props: {
  id: string;
  row: number;
  top: number;
  gap: number;
  columns: number;
  measure: (id: string, height: number) => void;
  children: ReactNode;
}) {
  const { id, row, top, gap, columns, measure, children } = props;
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const { current } = element;
    if (!current) return;
    const watch = new ResizeObserver(() => measure(id, current.offsetHeight));
    watch.observe(current);
    return () => watch.disconnect();
  }, [id, measure]);
  return (
    <div
      ref={element}
      data-row={row}
      role="presentation"
      className={styles.row}
      style={{
        gap,
        gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`,
        transform: `translateY(${top}px)`,
      }}
    >
      {children}
    </div>
  );
}

/** How high rows are, by the id of their first item. Changed in place; the version says that it was. */
function useSeenHeights() {
  const [seen] = useState(() => new Map<string, number>());
  const [version, setVersion] = useState(0);
  const measure = useCallback(
    (id: string, height: number) => {
      if (height === 0 || seen.get(id) === height) return;
      seen.set(id, height);
      setVersion((was) => was + 1);
    },
    [seen],
  );
  return { seen, version, measure };
}

function rowOf(element: Element): number | null {
  const row = element.closest<HTMLElement>('[data-row]');
  return row ? Number(row.dataset.row) : null;
}
