import type { FrameRun, FrameState } from '@akashganga/protocol';
import { frameStates } from './frame-states.ts';

const numberOf = Object.fromEntries(frameStates.map((state, index) => [state, index])) as Record<
  FrameState,
  number
>;

/**
 * The states of a job's frames, five bytes a frame, so that a million frames are five megabytes and no
 * objects. Frame numbers ascend. It is changed in place: each change has a number, and each block of frames that of its
 * last one, so that whoever draws a million looks only at the few that changed.
 */
export interface FrameBoard {
  frames: Int32Array;
  states: Uint8Array;
  size: number;
  /** The number of the last change. */
  change: number;
  /** By block of `BLOCK` frames, the number of its last change. */
  changes: Float64Array;
}

export const BLOCK = 256;

export function emptyBoard(room = 1024): FrameBoard {
  return {
    ...{ frames: new Int32Array(room), states: new Uint8Array(room), size: 0 },
    ...{ change: 0, changes: new Float64Array(Math.ceil(room / BLOCK)) },
  };
}

export function stateAt(board: FrameBoard, index: number): FrameState {
  return frameStates[board.states[index] ?? -1] ?? 'waiting';
}

export function frameAt(board: FrameBoard, index: number): number {
  return board.frames[index] ?? 0;
}

/** Appends runs of frames. What events told since the reading began is newer than they are and wins. */
export function addRuns(
  board: FrameBoard,
  runs: readonly FrameRun[],
  newer: ReadonlyMap<number, FrameState>,
): void {
  board.change += 1;
  for (const { first, last, step, state } of runs) {
    const from = board.size;
    grow(board, board.size + (last - first) / step + 1);
    const number = numberOf[state];
    for (let frame = first; frame <= last; frame += step) {
      const told = newer.size > 0 ? newer.get(frame) : undefined;
      board.frames[board.size] = frame;
      board.states[board.size] = told === undefined ? number : numberOf[told];
      board.size += 1;
    }
    board.changes.fill(board.change, Math.floor(from / BLOCK), Math.ceil(board.size / BLOCK));
  }
}

function grow(board: FrameBoard, wanted: number): void {
  if (wanted <= board.frames.length) return;
  const room = Math.max(wanted, board.frames.length * 2);
  const frames = new Int32Array(room);
  const states = new Uint8Array(room);
  frames.set(board.frames.subarray(0, board.size));
  states.set(board.states.subarray(0, board.size));
  const changes = new Float64Array(Math.ceil(room / BLOCK));
  changes.set(board.changes);
  Object.assign(board, { frames, states, changes });
}

/** Applies what events told. Frames that are not on the board yet come with their run. */
export function applyStates(board: FrameBoard, changes: ReadonlyMap<number, FrameState>): void {
  board.change += 1;
  for (const [frame, state] of changes) {
    const index = indexOf(board, frame);
    if (index === -1 || board.states[index] === numberOf[state]) continue;
    board.states[index] = numberOf[state];
    board.changes[Math.floor(index / BLOCK)] = board.change;
  }
}

/** The place of a frame, or -1. Frames mostly follow each other, so the first guess is mostly right. */
export function indexOf(board: FrameBoard, frame: number): number {
  const guess = frame - frameAt(board, 0);
  if (guess >= 0 && guess < board.size && board.frames[guess] === frame) return guess;
  let low = 0;
  let high = board.size - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = frameAt(board, middle);
    if (found === frame) return middle;
    if (found < frame) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

/** The first frames in a state, `most` at most. */
export function framesIn(board: FrameBoard, state: FrameState, most: number): number[] {
  const wanted = numberOf[state];
  const found: number[] = [];
  for (let index = 0; index < board.size && found.length < most; index += 1) {
    if (board.states[index] === wanted) found.push(frameAt(board, index));
  }
  return found;
}

/** The number of the last change among the places from `from` to before `to`, or of their blocks. */
export function lastChange(board: FrameBoard, from: number, to: number): number {
  let last = 0;
  for (let block = Math.floor(from / BLOCK); block * BLOCK < to; block += 1)
    last = Math.max(last, board.changes[block] ?? 0);
  return last;
}
