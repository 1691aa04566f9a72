import { useCallback, useRef, useState } from 'react';

export interface Selection {
  readonly ids: ReadonlySet<string>;
  /** Takes one in or out; with `isRange` all from the one before to this one. */
  readonly toggle: (id: string, isRange: boolean) => void;
  readonly clear: () => void;
  readonly all: () => void;
}

/** Which of `shown` are selected. Keeps its functions, so that rows are not drawn again for them. */
export function useSelection(shown: readonly string[]): Selection {
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set());
  const last = useRef<string | null>(null);
  const order = useRef(shown);
  order.current = shown;
  const toggle = useCallback((id: string, isRange: boolean) => {
    setIds((before) => {
      const next = new Set(before);
      const wanted = !before.has(id);
      for (const one of isRange ? between(order.current, last.current, id) : [id])
        if (wanted) next.add(one);
        else next.delete(one);
      return next;
    });
    last.current = id;
  }, []);
  const clear = useCallback(() => setIds(new Set()), []);
  const all = useCallback(() => setIds(new Set(order.current)), []);
  return { ids, toggle, clear, all };
}

function between(order: readonly string[], from: string | null, to: string): readonly string[] {
  const [a, b] = [order.indexOf(from ?? to), order.indexOf(to)];
  return a < 0 || b < 0 ? [to] : order.slice(Math.min(a, b), Math.max(a, b) + 1);
}
