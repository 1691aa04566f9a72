import { type KeyboardEvent, memo, useCallback, useRef, useState } from 'react';
import { type FrameBoard, frameAt, stateAt } from './frame-board.ts';
import styles from './frame-grid.module.css';
import { frameStateWords } from './frame-states.ts';

interface GridProps {
  readonly board: FrameBoard;
  /** The part of the board to show: places, not frame numbers; `to` is left out. */
  readonly from: number;
  readonly to: number;
  /** The last change of that part: the board changes in place. */
  readonly change: number;
  readonly selected: number | null;
  readonly onSelect: (frame: number) => void;
}

/** A field of frames, one star each. One tab stop; arrows, Home and End move within it. */
export const FrameGrid = memo(function FrameGrid({ board, from, to, selected, onSelect }: GridProps) {
  const field = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState(0);
  const size = to - from;
  const here = Math.min(at, Math.max(0, size - 1));
  const choose = useCallback(
    (index: number, frame: number) => {
      setAt(index);
      onSelect(frame);
    },
    [onSelect],
  );
  const onKeyDown = (event: KeyboardEvent) => {
    const next = neighbour(event.key, here, size, columnsOf(field.current));
    if (next === null) return;
    event.preventDefault();
    setAt(next);
    (field.current?.children[next] as HTMLElement | undefined)?.focus();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys only move the focus between the buttons within
    <div ref={field} className={styles.field} onKeyDown={onKeyDown}>
      {Array.from({ length: size }, (_, index) => (
        <Cell
          // biome-ignore lint/suspicious/noArrayIndexKey: a place of the board is a cell; nothing moves
          key={index}
          index={index}
          frame={frameAt(board, from + index)}
          state={stateAt(board, from + index)}
          stop={index === here}
          selected={frameAt(board, from + index) === selected}
          onChoose={choose}
        />
      ))}
    </div>
  );
});

const Cell = memo(function Cell(props: {
  index: number;
  frame: number;
  state: ReturnType<typeof stateAt>;
  stop: boolean;
  selected: boolean;
  onChoose: (index: number, frame: number) => void;
}) {
  const { index, frame, state, stop, selected, onChoose } = props;
  const says = `Frame ${frame}, ${frameStateWords[state]}`;
  return (
    <button
      type="button"
      data-state={state}
      aria-label={says}
      aria-pressed={selected}
      title={says}
      tabIndex={stop ? 0 : -1}
      onClick={() => onChoose(index, frame)}
    />
  );
});

function columnsOf(field: HTMLElement | null): number {
  if (!field) return 1;
  return getComputedStyle(field).gridTemplateColumns.split(' ').length;
}

/** Where a key leads from `at`, or null for a key that leads nowhere. */
export function neighbour(key: string, at: number, size: number, columns: number): number | null {
  const steps: Record<string, number> = {
    ArrowRight: at + 1,
    ArrowLeft: at - 1,
    ArrowDown: at + columns,
    ArrowUp: at - columns,
    Home: 0,
    End: size - 1,
  };
  const next = steps[key];
  return next === undefined || next < 0 || next >= size ? null : next;
}
