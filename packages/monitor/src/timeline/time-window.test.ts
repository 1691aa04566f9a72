import { describe, expect, it } from 'vitest';
import { moveWindow, showInWindow, ticksIn, zoomWindow } from './time-window.ts';

const all = { from: 0, to: 100_000 };

describe('a window of time', () => {
  it('keeps the place that is pointed at where it is', () => {
    expect(zoomWindow(all, all, 25_000, 0.5)).toEqual({ from: 12_500, to: 62_500 });
  });

  it('never leaves the time of the job, nor becomes nothing', () => {
    expect(zoomWindow({ from: 80_000, to: 90_000 }, all, 90_000, 50)).toEqual(all);
    expect(zoomWindow(all, all, 0, 0.000001)).toEqual({ from: 0, to: 100 });
    expect(moveWindow({ from: 80_000, to: 100_000 }, all, 0.5)).toEqual({ from: 80_000, to: 100_000 });
    expect(moveWindow({ from: 80_000, to: 100_000 }, all, -0.5)).toEqual({ from: 70_000, to: 90_000 });
  });

  it('moves to what is chosen only when that is not in it', () => {
    const window = { from: 0, to: 20_000 };
    expect(showInWindow(window, all, { from: 5000, to: 9000 })).toBe(window);
    expect(showInWindow(window, all, { from: 50_000, to: 60_000 })).toEqual({ from: 45_000, to: 65_000 });
  });
});

describe('marks on the time', () => {
  it('are few and even, in words counted from the beginning', () => {
    expect(ticksIn({ from: 1000, to: 91_000 }, 1000, 6).map(({ words }) => words)).toEqual([
      ...['0', '15 s', '30 s', '45 s', '1 min', '1 min 15 s', '1 min 30 s'],
    ]);
    expect(ticksIn({ from: 0, to: 10 * 3_600_000 }, 0, 5).map(({ words }) => words)).toEqual([
      ...['0', '2 h', '4 h', '6 h', '8 h', '10 h'],
    ]);
    expect(ticksIn({ from: 0, to: 1000 * 86_400_000 }, 0, 5).length).toBeLessThan(8);
  });
});
