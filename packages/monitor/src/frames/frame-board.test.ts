import type { FrameState } from '@akashganga/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binFrames, binLook, followBoard, tally } from './bins/bin-frames.ts';
import { addRuns, applyStates, emptyBoard, frameAt, framesIn, indexOf, stateAt } from './frame-board.ts';
import { frameStates } from './frame-states.ts';

function boardOf(states: readonly FrameState[], first = 1, step = 1) {
  const board = emptyBoard(4);
  const runs = states.map((state, index) => {
    const frame = first + index * step;
    return { first: frame, last: frame, step: 1, state };
  });
  addRuns(board, runs, new Map());
  return board;
}

describe('the board', () => {
  it('grows run by run and finds each frame again, with gaps and below zero', () => {
    const board = boardOf(new Array<FrameState>(50).fill('waiting'), -20, 3);
    for (let index = 0; index < board.size; index += 1)
      expect(indexOf(board, frameAt(board, index))).toBe(index);
    expect(indexOf(board, -19)).toBe(-1);
    expect(indexOf(board, 9999)).toBe(-1);
  });

  it('lets an event win over a run that was asked for before it', () => {
    const board = emptyBoard();
    const run = { first: 1, last: 3, step: 1, state: 'rendering' as const };
    addRuns(board, [run], new Map([[2, 'done' as const]]));
    expect([0, 1, 2].map((index) => stateAt(board, index))).toEqual(['rendering', 'done', 'rendering']);
  });

  it('lays out a run of every third frame', () => {
    const board = emptyBoard(1);
    addRuns(board, [{ first: -3, last: 6, step: 3, state: 'done' }], new Map());
    expect([...board.frames.subarray(0, board.size)]).toEqual([-3, 0, 3, 6]);
    expect(board.size).toBe(4);
  });

  it('takes changes in place and passes over frames it has not read yet', () => {
    const board = boardOf(['waiting', 'waiting']);
    applyStates(
      board,
      new Map<number, FrameState>([
        [2, 'failed'],
        [7, 'done'],
      ]),
    );
    expect([stateAt(board, 0), stateAt(board, 1), board.size]).toEqual(['waiting', 'failed', 2]);
    expect(framesIn(board, 'failed', 10)).toEqual([2]);
  });
});

describe('binning', () => {
  it('loses no frame, whatever the numbers', () => {
    const states = fc.array(fc.constantFrom(...frameStates), { maxLength: 300 });
    fc.assert(
      fc.property(states, fc.integer({ min: 1, max: 60 }), (list, most) => {
        const bins = binFrames(boardOf(list), most);
        expect(bins.count).toBeLessThanOrEqual(most);
        for (const state of frameStates) {
          const all = Array.from({ length: bins.count }, (_, bin) => tally(bins, bin)[state]);
          expect(all.reduce((sum, n) => sum + n, 0)).toBe(list.filter((one) => one === state).length);
        }
      }),
    );
  });

  it('keeps a million frames within the cells there are', () => {
    const board = emptyBoard();
    addRuns(board, [{ first: 1, last: 1_000_000, step: 1, state: 'waiting' }], new Map());
    expect(binFrames(board, 4000)).toMatchObject({ each: 250, count: 4000 });
  });

  it('that follow the board count as those made anew, and look only at bins with news', () => {
    const anyChanges = fc.array(
      fc.dictionary(fc.integer({ min: 1, max: 3000 }).map(String), fc.constantFrom(...frameStates)),
      { maxLength: 5 },
    );
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3000 }),
        fc.integer({ min: 1, max: 700 }),
        anyChanges,
        (size, most, batches) => {
          const board = boardOf(new Array<FrameState>(size).fill('waiting'));
          const bins = binFrames(board, most);
          for (const batch of batches) {
            const before = [...bins.tallies];
            const from = bins.change;
            applyStates(
              board,
              new Map(Object.entries(batch).map(([frame, state]) => [Number(frame), state])),
            );
            followBoard(bins, board);
            expect(bins.tallies).toEqual(binFrames(board, most).tallies);
            for (const [at, count] of bins.tallies.entries())
              if (count !== before[at])
                expect(bins.changes[Math.floor(at / frameStates.length)]).toBeGreaterThan(from);
          }
        },
      ),
      { numRuns: 30 },
    );
    const large = emptyBoard();
    addRuns(large, [{ first: 1, last: 1_000_000, step: 1, state: 'waiting' }], new Map());
    const bins = binFrames(large, 2000);
    applyStates(large, new Map([[500_000, 'done']]));
    followBoard(bins, large);
    expect([...bins.changes].filter((change) => change === large.change)).toHaveLength(2);
  });

  it('shows a bin with one failed frame as failed', () => {
    const bins = binFrames(boardOf(['done', 'done', 'failed', 'rendering']), 1);
    expect(binLook(tally(bins, 0))).toEqual({ done: 0.5, working: true, failed: true, canceled: false });
  });
});
