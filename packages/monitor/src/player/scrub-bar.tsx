import { useComputedColorScheme } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { type PointerEvent, useEffect, useRef } from 'react';
import { useBins } from '../frames/bins/use-bins.ts';
import { type FrameBoard, frameAt, stateAt } from '../frames/frame-board.ts';
import { frameStateWords } from '../frames/frame-states.ts';
import { drawScrub, scrubColours } from './draw-scrub.ts';
import { type FilmRate, timecode } from './film-clock.ts';
import styles from './player.module.css';

const HEIGHT = 14;
/** A bin is at least so wide, in CSS pixels. */
const BIN = 2;

interface ScrubBarProps {
  readonly board: FrameBoard;
  readonly version: number;
  readonly position: number;
  readonly rate: FilmRate;
  readonly onSeek: (position: number) => void;
}

/** The film from its first to its last frame, each place with the state it is in. Keys are the player's. */
export function ScrubBar({ board, version, position, rate, onSeek }: ScrubBarProps) {
  const { ref, width } = useElementSize();
  const sheet = useRef<HTMLCanvasElement>(null);
  const scheme = useComputedColorScheme('dark');
  const bins = useBins(board, Math.floor(width / BIN));

  // biome-ignore lint/correctness/useExhaustiveDependencies: bins change in place with the board, its version says when
  useEffect(() => {
    const canvas = sheet.current;
    const pen = canvas?.getContext('2d');
    if (!canvas || !pen || width === 0) return;
    const scale = Math.min(2, window.devicePixelRatio || 1);
    canvas.width = width * scale;
    canvas.height = HEIGHT * scale;
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    drawScrub(pen, bins, { width, height: HEIGHT }, scrubColours(canvas, scheme));
  }, [bins, version, width, scheme]);

  const seekTo = (event: PointerEvent<HTMLElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const part = (event.clientX - box.left) / Math.max(1, box.width);
    onSeek(Math.max(0, Math.min(board.size - 1, Math.floor(part * board.size))));
  };
  const frame = frameAt(board, position);
  return (
    <div
      className={styles.scrub}
      role="slider"
      tabIndex={0}
      aria-label="Place in the film"
      aria-valuemin={frameAt(board, 0)}
      aria-valuemax={frameAt(board, Math.max(0, board.size - 1))}
      aria-valuenow={frame}
      aria-valuetext={`Frame ${frame}, ${timecode(position, rate)}, ${frameStateWords[stateAt(board, position)]}`}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        seekTo(event);
      }}
      onPointerMove={(event) => event.currentTarget.hasPointerCapture(event.pointerId) && seekTo(event)}
    >
      <div ref={ref} className={styles.sheet}>
        <canvas ref={sheet} style={{ width, height: HEIGHT }} />
      </div>
      <i style={{ insetInlineStart: `${(100 * (position + 0.5)) / Math.max(1, board.size)}%` }} />
    </div>
  );
}
