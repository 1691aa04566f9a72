import type { TimeLine } from '@akashganga/protocol';
import { useComputedColorScheme } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { type KeyboardEvent, type PointerEvent, useEffect, useRef } from 'react';
import { AXIS, drawTimeLine, lineColours } from './draw-time-line.ts';
import { type Chosen, type LineRow, rowAt } from './line-rows.ts';
import styles from './time-line.module.css';
import { type TimeWindow, ticksIn } from './time-window.ts';

const TICK_WIDTH = 90;
/** Less than this many pixels is a click, more is a drag. */
const CLICK = 4;

interface CanvasProps {
  readonly rows: readonly LineRow[];
  readonly line: TimeLine;
  readonly window: TimeWindow;
  /** When the first attempt began: marks are counted from there. */
  readonly zero: number;
  readonly chosen: Chosen | null;
  readonly words: string;
  readonly nameOf: (worker: string | null) => string;
  readonly onChoose: (chosen: Chosen | null) => void;
  readonly onOpen: (chosen: Chosen | null) => void;
  readonly onZoom: (at: number, times: number) => void;
  /** Later or earlier by a part of the window. */
  readonly onMove: (part: number) => void;
  /** True when the key was meant for the time line. */
  readonly onKey: (key: string, shift: boolean) => boolean;
}

/** The drawing of a time line with the names beside it. Ctrl and the wheel zoom, as on a map; the wheel alone scrolls the page. */
export function TimeLineCanvas(props: CanvasProps) {
  const { rows, line, window, zero, chosen, words, nameOf } = props;
  const { ref, width } = useElementSize<HTMLDivElement>();
  const sheet = useRef<HTMLCanvasElement>(null);
  const scheme = useComputedColorScheme('dark');
  const last = rows.at(-1);
  const height = last ? last.top + last.height : AXIS;

  useEffect(() => {
    const canvas = sheet.current;
    const pen = canvas?.getContext('2d');
    if (!canvas || !pen || width === 0) return;
    const scale = Math.min(2, globalThis.devicePixelRatio || 1);
    canvas.width = width * scale;
    canvas.height = height * scale;
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    const ticks = ticksIn(window, zero, Math.max(2, Math.floor(width / TICK_WIDTH)));
    // Columns are of the window that was asked for; a window that moved on since is drawn when its answer is there.
    const drawn = line.inColumns ? { from: line.from, to: line.to } : window;
    drawTimeLine(pen, { rows, window: drawn, ticks, width, chosen }, lineColours(canvas, scheme));
  }, [rows, line, window, zero, chosen, width, height, scheme]);

  const pointer = usePointer(props, sheet, width);
  useWheel(props, sheet, width);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (props.onKey(event.key, event.shiftKey)) event.preventDefault();
  };
  return (
    <div className={styles.sheet}>
      <ul className={styles.names} style={{ height }}>
        {rows.map((row) => (
          <li
            key={row.worker}
            style={{ height: row.height, insetBlockStart: row.top }}
            title={nameOf(row.worker)}
          >
            <bdi>{nameOf(row.worker)}</bdi>
          </li>
        ))}
      </ul>
      <div ref={ref} className={styles.drawing}>
        <canvas
          ref={sheet}
          style={{ width, height }}
          role="slider"
          tabIndex={0}
          aria-label="Time line: arrows walk along the attempts, plus and minus zoom, Shift and arrows move"
          aria-valuemin={0}
          aria-valuemax={Math.max(0, rows.length - 1)}
          aria-valuenow={chosen?.row ?? 0}
          aria-valuetext={words}
          onKeyDown={onKeyDown}
          onDoubleClick={() => props.onOpen(chosen)}
          {...pointer}
        />
      </div>
    </div>
  );
}

function usePointer(
  { rows, line, window, onChoose, onMove }: CanvasProps,
  sheet: React.RefObject<HTMLCanvasElement | null>,
  width: number,
) {
  const held = useRef<{ x: number; from: number; moved: boolean } | null>(null);
  const timeAt = (x: number) => window.from + (x / Math.max(1, width)) * (window.to - window.from);
  return {
    onPointerDown: (event: PointerEvent<HTMLCanvasElement>) => {
      held.current = { x: event.clientX, from: event.clientX, moved: false };
      event.currentTarget.setPointerCapture(event.pointerId);
    },
    onPointerMove: (event: PointerEvent<HTMLCanvasElement>) => {
      const hold = held.current;
      if (!hold) return;
      if (Math.abs(event.clientX - hold.from) > CLICK) hold.moved = true;
      if (!hold.moved || width === 0) return;
      onMove((hold.x - event.clientX) / width);
      hold.x = event.clientX;
    },
    onPointerUp: (event: PointerEvent<HTMLCanvasElement>) => {
      const moved = held.current?.moved ?? true;
      held.current = null;
      const box = sheet.current?.getBoundingClientRect();
      if (moved || !box) return;
      onChoose(rowAt(rows, line, timeAt(event.clientX - box.left), event.clientY - box.top));
    },
    onPointerCancel: () => {
      held.current = null;
    },
  };
}

// React listens to wheels passively, and a page that zooms as a whole would be the wrong answer.
function useWheel(props: CanvasProps, sheet: React.RefObject<HTMLCanvasElement | null>, width: number): void {
  const latest = useRef(props);
  latest.current = props;
  useEffect(() => {
    const canvas = sheet.current;
    const onWheel = (event: WheelEvent) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      const { window, onZoom } = latest.current;
      const at = window.from + (event.offsetX / Math.max(1, width)) * (window.to - window.from);
      onZoom(at, Math.exp(Math.max(-1, Math.min(1, event.deltaY / 200))));
    };
    canvas?.addEventListener('wheel', onWheel, { passive: false });
    return () => canvas?.removeEventListener('wheel', onWheel);
  }, [sheet, width]);
}
