import type { TimeLine } from '@akashganga/protocol';
import { describe, expect, it } from 'vitest';
import { lineRows, rowAt, stepTo } from './line-rows.ts';
import { chosenWords, spentWords } from './line-words.ts';

const none = { attempts: 0, seconds: 0 };
const few: TimeLine = {
  ...{ first: 0, last: 40_000, from: 0, to: 40_000, inColumns: false, workersInAll: 2, next: null },
  spent: { done: { attempts: 3, seconds: 30 }, failed: { attempts: 1, seconds: 10 }, lost: none },
  workers: [
    {
      ...{ worker: 'worker-a', columns: [] },
      pieces: [
        { frame: 1, began: 0, ended: 10_000, outcome: 'failed' },
        { frame: 1, began: 10_000, ended: 20_000, outcome: 'done' },
      ],
    },
    {
      ...{ worker: 'worker-b', columns: [] },
      pieces: [
        { frame: 2, began: 0, ended: 20_000, outcome: 'done' },
        { frame: 3, began: 20_000, ended: 40_000, outcome: 'done' },
      ],
    },
  ],
};
const rows = lineRows(few, 160, () => 1);

describe('choosing an attempt', () => {
  it('goes by keys along a worker and to the one below, near the same time', () => {
    let at = stepTo(rows, null, 'ArrowRight');
    const path = ['ArrowRight', 'ArrowDown', 'End', 'ArrowUp', 'Home'].map((key) => {
      at = stepTo(rows, at, key);
      return [at?.row, at?.piece?.frame, at?.piece?.began];
    });
    expect(path).toEqual([
      [0, 1, 10_000],
      [1, 2, 0],
      [1, 3, 20_000],
      [0, 1, 10_000],
      [0, 1, 0],
    ]);
    expect(stepTo(rows, at, 'ArrowLeft')).toBeNull();
  });

  it('finds by pointer what lies there, or is nearest in its lane', () => {
    expect(rowAt(rows, few, 30_000, (rows[1]?.top ?? 0) + 3)?.piece?.frame).toBe(3);
    expect(rowAt(rows, few, 39_000, (rows[0]?.top ?? 0) + 3)?.piece?.began).toBe(10_000);
    expect(rowAt(rows, few, 39_000, 5000)).toBeNull();
  });
});

describe('the time line in words', () => {
  it('says where the time went', () => {
    expect(spentWords(few)).toBe(
      '4 attempts on 2 workers within 40.0 s: slots rendered for 40.0 s. 1 failed, 25 % of that time.',
    );
    expect(spentWords({ ...few, first: null })).toBe('No frame has ended yet.');
  });

  it('says of a column how busy it was', () => {
    const many: TimeLine = {
      ...few,
      inColumns: true,
      workers: [
        { worker: 'worker-a', pieces: [], columns: [{ column: 3, done: 9, failed: 0, lost: 0, busy: 0.5 }] },
      ],
    };
    const [row] = lineRows(many, 160, () => null);
    const chosen = stepTo(row ? [row] : [], null, 'Home');
    expect(chosen).toEqual({ row: 0, column: 3 });
    expect(chosenWords(many, row ? [row] : [], chosen, (worker) => worker ?? '')).toBe(
      'worker-a, 0.25 s from 0.75 s after the first: 9 done, 2 slots busy',
    );
  });
});
