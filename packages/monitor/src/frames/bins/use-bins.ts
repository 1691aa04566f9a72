import { useMemo } from 'react';
import type { FrameBoard } from '../frame-board.ts';
import { type Bins, binFrames, followBoard } from './bin-frames.ts';

/** The frames of a board in at most `most` bins, true as of this render. Another object once the board grew. */
export function useBins(board: FrameBoard, most: number): Bins {
  const bins = useMemo(() => binFrames(board, most), [board, board.size, most]);
  followBoard(bins, board);
  return bins;
}
