import { expect, test } from 'vitest';
import { cutSound } from './cut-sound.ts';
import { soundRanges } from './sound-ranges.ts';

async function cut(sound: string, ...ranges: [from: number, count: number][]): Promise<string> {
  async function* pieces(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < sound.length; at += 3) yield Buffer.from(sound.slice(at, at + 3));
  }
  const found: Uint8Array[] = [];
  const wanted = ranges.map(([from, count]) => ({ from, count }));
  for await (const piece of cutSound(pieces(), wanted, 1)) found.push(piece);
  return Buffer.concat(found).toString('latin1').replaceAll('\0', '.');
}

test('ranges are cut out, and silence stands for what is before and behind the sound', async () => {
  expect(await cut('abcdefghij', [0, 10])).toBe('abcdefghij');
  expect(await cut('abcdefghij', [4, 3])).toBe('efg');
  expect(await cut('abcdefghij', [1, 2], [3, 1], [7, 2])).toBe('bcdhi');
  expect(await cut('abcdefghij', [-2, 4], [8, 5], [20, 2])).toBe('..abij.....');
  expect(await cut('abc', [-9, 3], [-2, 1])).toBe('....');
  expect(await cut('', [0, 2])).toBe('..');
});

const pal = { numerator: 25, denominator: 1 };
const ntsc = { numerator: 30_000, denominator: 1001 };
const numbers = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, at) => first + at);

test('each run of frames has its stretch of the sound', () => {
  expect(soundRanges(numbers(25, 49), 1, pal, 48_000)).toEqual([{ from: 24 * 1920, count: 25 * 1920 }]);
  expect(soundRanges([...numbers(1, 2), ...numbers(9, 10)], 1, pal, 48_000)).toEqual([
    { from: 0, count: 3840 },
    { from: 8 * 1920, count: 3840 },
  ]);
  expect(soundRanges(numbers(-5, 0), 1, pal, 48_000)).toEqual([{ from: -6 * 1920, count: 6 * 1920 }]);
});

test('a million frames at 30000/1001 have sound to the last sample', () => {
  const frames = [...numbers(1, 500_000), ...numbers(500_011, 1_000_010)];
  const ranges = soundRanges(frames, 1, ntsc, 48_000) ?? [];
  const all = ranges.reduce((sum, { count }) => sum + count, 0);
  expect(all).toBe(Math.round((1_000_000 * 1001 * 48_000) / 30_000));
});

test('frames that are all apart have no sound, a still has', () => {
  expect(soundRanges([1, 6, 11], 1, pal, 48_000)).toBeNull();
  expect(soundRanges([7], 1, pal, 48_000)).toHaveLength(1);
});
