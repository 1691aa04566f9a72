import type { FrameBoard } from '../frames/frame-board.ts';
import { frameStates } from '../frames/frame-states.ts';

const DONE = frameStates.indexOf('done');

export function isDone(board: FrameBoard, position: number): boolean {
  return position < board.size && board.states[position] === DONE;
}

/** The position whose picture is held at `position`: itself, or the last one before that is done; -1 for none. */
export function heldAt(board: FrameBoard, position: number): number {
  if (board.size === 0) return -1;
  return board.states.lastIndexOf(DONE, Math.min(position, board.size - 1));
}

/** The position after the last frame that is done: where the film ends for now. */
export function liveEnd(board: FrameBoard): number {
  return heldAt(board, board.size) + 1;
}
