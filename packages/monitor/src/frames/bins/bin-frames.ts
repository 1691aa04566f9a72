import type { FrameState } from '@akashganga/protocol';
import { BLOCK, type FrameBoard } from '../frame-board.ts';
import { frameStates } from '../frame-states.ts';

const KINDS = frameStates.length;

/** Neighbouring frames drawn as one cell: how many of which state each bin holds. Kept true in place. */
export interface Bins {
  /** Frames in a bin; the last may hold fewer. */
  readonly each: number;
  readonly count: number;
  /** `KINDS` numbers for each bin, in the order of `frameStates`. */
  readonly tallies: Uint32Array;
  /** By bin, the number of the board's change with which it changed last. */
  readonly changes: Float64Array;
  /** The last change of the board that is counted. */
  change: number;
}

/** At most `most` bins of equal length. One pass over a byte a frame: about a millisecond for a million. */
export function binFrames(board: FrameBoard, most: number): Bins {
  const each = Math.max(1, Math.ceil(board.size / Math.max(1, most)));
  const count = Math.ceil(board.size / each);
  const bins = {
    ...{ each, count, change: board.change },
    tallies: new Uint32Array(count * KINDS),
    changes: new Float64Array(count).fill(board.change),
  };
  for (let bin = 0; bin < count; bin += 1) countBin(bins, board, bin);
  return bins;
}

/** Counts again what changed on the board since. The board must have as many frames as when it was binned. */
export function followBoard(bins: Bins, board: FrameBoard): void {
  if (bins.change === board.change) return;
  let next = 0;
  for (let block = 0; block * BLOCK < board.size; block += 1) {
    if ((board.changes[block] ?? 0) <= bins.change) continue;
    const last = Math.min(bins.count - 1, Math.floor(((block + 1) * BLOCK - 1) / bins.each));
    // A long bin may have been counted with the block before.
    for (let bin = Math.max(next, Math.floor((block * BLOCK) / bins.each)); bin <= last; bin += 1) {
      countBin(bins, board, bin);
      bins.changes[bin] = board.change;
      next = bin + 1;
    }
  }
  bins.change = board.change;
}

function countBin({ each, tallies }: Bins, board: FrameBoard, bin: number): void {
  const at = bin * KINDS;
  tallies.fill(0, at, at + KINDS);
  const end = Math.min(board.size, (bin + 1) * each);
  for (let index = bin * each; index < end; index += 1) {
    const place = at + (board.states[index] ?? 0);
    tallies[place] = (tallies[place] ?? 0) + 1;
  }
}

/** What one bin holds. */
export function tally(bins: Bins, bin: number): Record<FrameState, number> {
  const at = bin * KINDS;
  return Object.fromEntries(
    frameStates.map((state, index) => [state, bins.tallies[at + index] ?? 0]),
  ) as Record<FrameState, number>;
}

/** How a bin is drawn: its done part, whether someone works in it, whether something failed in it. */
export interface BinLook {
  readonly done: number;
  readonly working: boolean;
  readonly failed: boolean;
  readonly canceled: boolean;
}

export function binLook(counts: Readonly<Record<FrameState, number>>): BinLook {
  const all = frameStates.reduce((sum, state) => sum + counts[state], 0);
  return {
    done: all === 0 ? 0 : counts.done / all,
    working: counts.rendering + counts.delivering + counts.leased > 0,
    failed: counts.failed > 0,
    canceled: counts.canceled === all && all > 0,
  };
}
