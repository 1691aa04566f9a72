import { describe, expect, it } from 'vitest';
import { ago, measured, timeLeft } from './duration.ts';

describe('the time left', () => {
  it.each([
    [0, 'less than a minute'],
    [44, 'less than a minute'],
    [60, 'about a minute'],
    [91, 'about 2 minutes'],
    [59 * 60, 'about 59 minutes'],
    [3600, 'about 1 hour'],
    [2 * 3600 + 11 * 60, 'about 2 hours 10 minutes'],
    [3 * 3600 + 58 * 60, 'about 4 hours'],
    [30 * 3600, 'about 30 hours'],
    [76 * 3600, 'about 3 days 4 hours'],
    [20 * 86_400, 'about 20 days'],
  ])('is said of %i seconds as people would', (seconds, words) => {
    expect(timeLeft(seconds)).toBe(words);
  });
});

describe('a measured time', () => {
  it.each([
    [0.42, '0.42 s'],
    [12.34, '12.3 s'],
    [245, '4 min 05 s'],
    [7800, '2 h 10 min'],
    [273_600, '3 d 4 h'],
  ])('of %d seconds is short', (seconds, words) => {
    expect(measured(seconds)).toBe(words);
  });
});

describe('how long ago', () => {
  const now = 1_790_000_000_000;
  it('counts a clock that runs ahead as now', () => {
    expect(ago(now + 5000, now)).toBe('just now');
  });
  it('grows from seconds to days', () => {
    expect(ago(now - 34_000, now)).toBe('30 seconds ago');
    expect(ago(now - 60_000, now)).toBe('1 minute ago');
    expect(ago(now - 3 * 3_600_000, now)).toBe('3 hours ago');
    expect(ago(now - 26 * 3_600_000, now)).toBe('1 day ago');
  });
  it('ends in a date', () => {
    expect(ago(now - 90 * 86_400_000, now)).toMatch(/2026/);
  });
});
