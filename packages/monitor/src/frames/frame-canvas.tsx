import { useComputedColorScheme } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { type KeyboardEvent, type MouseEvent, useEffect, useRef } from 'react';
import { number } from '../words/amount.ts';
import { type Bins, tally } from './bins/bin-frames.ts';
import { type BinColours, CELL, drawBins } from './bins/draw-bins.ts';
import { useBins } from './bins/use-bins.ts';
import { type FrameBoard, frameAt } from './frame-board.ts';
import styles from './frame-canvas.module.css';
import { neighbour } from './frame-grid.tsx';
import { countsInWords } from './frame-states.ts';

const MOST_ROWS = 26;

interface CanvasProps {
  readonly board: FrameBoard;
  /** The chosen place of the board. */
  readonly at: number;
  readonly onChoose: (from: number, to: number) => void;
}

/** So many frames that neighbours share a cell. A cell is chosen with a click, or with arrows and said aloud. */
export function FrameCanvas({ board, at, onChoose }: CanvasProps) {
  const { ref, width } = useElementSize();
  const sheet = useRef<HTMLCanvasElement>(null);
  const scheme = useComputedColorScheme('dark');
  const columns = Math.max(1, Math.floor(width / CELL));
  const bins = useBins(board, columns * MOST_ROWS);
  const chosen = Math.min(bins.count - 1, Math.floor(at / bins.each));
  const rows = Math.ceil(bins.count / columns);
  const drawn = useRef({ change: -1, chosen: -1 });
  const colours = useRef<BinColours | null>(null);

  // biome-ignore lint/correctness/useExhaustiveDependencies: other bins are drawn on a clean sheet
  useEffect(() => {
    if (!sheet.current || width === 0) return;
    const scale = Math.min(2, window.devicePixelRatio || 1);
    sheet.current.width = columns * CELL * scale;
    sheet.current.height = rows * CELL * scale;
    sheet.current.getContext('2d')?.setTransform(scale, 0, 0, scale, 0, 0);
    colours.current = coloursOf(sheet.current, scheme);
    drawn.current = { change: -1, chosen: -1 };
  }, [bins, columns, rows, scheme, width]);

  // After each render: it costs as much as there is new.
  useEffect(() => {
    const pen = sheet.current?.getContext('2d');
    if (pen && colours.current) drawBins(pen, bins, columns, chosen, colours.current, drawn.current);
  });

  const choose = (bin: number) => {
    if (bin >= 0 && bin < bins.count) onChoose(bin * bins.each, Math.min(board.size, (bin + 1) * bins.each));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const next = neighbour(event.key, chosen, bins.count, columns);
    if (next === null) return;
    event.preventDefault();
    choose(next);
  };
  const onClick = (event: MouseEvent) => {
    const box = event.currentTarget.getBoundingClientRect();
    const column = Math.floor((event.clientX - box.left) / CELL);
    choose(Math.floor((event.clientY - box.top) / CELL) * columns + Math.min(column, columns - 1));
  };
  return (
    <div ref={ref}>
      <canvas
        ref={sheet}
        className={styles.sheet}
        style={{ width: columns * CELL, height: rows * CELL }}
        role="slider"
        tabIndex={0}
        aria-label={`All frames, ${number(bins.each)} in a cell`}
        aria-valuemin={0}
        aria-valuemax={Math.max(0, bins.count - 1)}
        aria-valuenow={chosen}
        aria-valuetext={binWords(board, bins, chosen)}
        onKeyDown={onKeyDown}
        onClick={onClick}
      />
    </div>
  );
}

function binWords(board: FrameBoard, bins: Bins, bin: number): string {
  const first = frameAt(board, bin * bins.each);
  const last = frameAt(board, Math.min(board.size, (bin + 1) * bins.each) - 1);
  return `Frames ${first} to ${last}: ${countsInWords(tally(bins, bin))}`;
}

/** The colours of `sky.css` as they are now. `scheme` is an argument so that a change of it is not missed. */
function coloursOf(element: Element, scheme: string): BinColours & { scheme: string } {
  const style = getComputedStyle(element);
  const colour = (name: string) => style.getPropertyValue(`--ag-${name}`).trim();
  return {
    scheme,
    waiting: colour('waiting'),
    done: colour('done'),
    working: colour('rendering'),
    failed: colour('failed'),
    canceled: colour('canceled'),
    chosen: colour('text'),
  };
}
