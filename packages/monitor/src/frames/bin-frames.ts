import type { FrameState } from '@akashganga/protocol';
import type { FrameBoard } from './frame-board.ts';
import { frameStates } from './frame-states.ts';

const KINDS = frameStates.length;

/** Neighbouring frames drawn as one cell: how many of which state each bin holds. */
export interface Bins {
  /** Frames in a bin; the last may hold fewer. */
  readonly each: number;
  readonly count: number;
  /** `KINDS` numbers for each bin, in the order of `frameStates`. */
  readonly tallies: Uint32Array;
}

/** At most `most` bins of equal length. One pass over a byte a frame: about a millisecond for a million. */
export function binFrames(board: FrameBoard, most: number): Bins {
  const each = Math.max(1, Math.ceil(board.size / Math.max(1, most)));
  const count = Math.ceil(board.size / each);
  const tallies = new Uint32Array(count * KINDS);
  for (let bin = 0; bin < count; bin += 1) {
    const end = Math.min(board.size, (bin + 1) * each);
    for (let index = bin * each; index < end; index += 1) {
      const place = bin * KINDS + (board.states[index] ?? 0);
      tallies[place] = (tallies[place] ?? 0) + 1;
    }
  }
  return { each, count, tallies };
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
