import { expect, test } from 'vitest';
import { filmRate, middleOf, positionAt, startOf, timecode } from './film-clock.ts';

const ntsc = filmRate({ fps: 30, base: 1.001 });

test('every position of two hours of NTSC is found again at its begin, its middle, and rounded to microseconds', () => {
  for (let position = 0; position < 216_000; position += 7) {
    expect(positionAt(middleOf(position, ntsc), ntsc, 216_000)).toBe(position);
    expect(positionAt(Math.floor(startOf(position, ntsc) * 1e6) / 1e6, ntsc, 216_000)).toBe(position);
  }
});

test('a time outside of the film is its first or its last picture', () => {
  expect(positionAt(-1, ntsc, 10)).toBe(0);
  expect(positionAt(99, ntsc, 10)).toBe(9);
});

test('a timecode counts the pictures of each second from 0', () => {
  const film = filmRate({ fps: 24, base: 1 });
  expect([0, 23, 24, 24 * 61 + 5].map((at) => timecode(at, film))).toEqual([
    '0:00.00',
    '0:00.23',
    '0:01.00',
    '1:01.05',
  ]);
  expect(timecode(24 * 3600 * 2 + 24 * 125, film)).toBe('2:02:05.00');
  expect([29, 30, 59, 60].map((at) => timecode(at, ntsc))).toEqual([
    '0:00.29',
    '0:01.00',
    '0:01.29',
    '0:02.00',
  ]);
});
