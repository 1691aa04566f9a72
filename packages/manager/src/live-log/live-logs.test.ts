import { expect, test } from 'vitest';
import { LiveLogs } from './live-logs.ts';

const frame = { worker: 'wanda', lease: 'l-1', frame: 7 };
const part = (from: number, ...lines: string[]) => ({ lease: 'l-1', frame: 7, from, lines });

function logs() {
  const clock = { now: 1000 };
  return { clock, live: new LiveLogs(() => clock.now) };
}

test('a worker is asked for what is not known yet, and only while somebody reads', () => {
  const { clock, live } = logs();
  expect(live.wantedOf('wanda')).toEqual([]);
  expect(live.read(frame, 0)).toEqual({ from: 0, lines: [] });
  expect(live.wantedOf('wanda')).toEqual([{ lease: 'l-1', frame: 7, after: 0 }]);
  expect(live.wantedOf('walt')).toEqual([]);
  live.take('wanda', [part(0, 'one', 'two')]);
  expect(live.wantedOf('wanda')).toEqual([{ lease: 'l-1', frame: 7, after: 2 }]);
  expect(live.read(frame, 1)).toEqual({ from: 1, lines: ['two'] });
  clock.now += 10_001;
  expect(live.wantedOf('wanda')).toEqual([]);
  expect(live.isEmpty).toBe(true);
});

test('lines that come twice are there once, and passed over ones are seen by the numbers', () => {
  const { live } = logs();
  live.read(frame, 0);
  live.take('wanda', [part(0, 'one', 'two')]);
  live.take('wanda', [part(0, 'one', 'two', 'three')]);
  expect(live.read(frame, 0).lines).toEqual(['one', 'two', 'three']);
  live.take('wanda', [part(90, 'ninety')]);
  expect(live.read(frame, 3)).toEqual({ from: 90, lines: ['ninety'] });
});

test('what nobody asked this worker for is not kept', () => {
  const { live } = logs();
  live.read(frame, 0);
  live.take('walt', [part(0, 'not mine')]);
  live.take('wanda', [{ ...part(0, 'another frame'), frame: 8 }]);
  expect(live.read(frame, 0).lines).toEqual([]);
});

test('a log of a million lines costs no more than a bounded one, and its end is there', () => {
  const { live } = logs();
  live.read(frame, 0);
  for (let from = 0; from < 1_000_000; from += 500)
    live.take('wanda', [part(from, ...Array.from({ length: 500 }, (_, index) => `line ${from + index}`))]);
  const { from, lines } = live.read(frame, 0);
  expect(lines.at(-1)).toBe('line 999999');
  expect(from + lines.length).toBe(1_000_000);
  expect(lines.join('\n').length).toBeLessThan(130_000);
});

test('more logs than are kept make those forgotten that were read longest ago', () => {
  const { live } = logs();
  for (let number = 0; number < 40; number += 1) live.read({ ...frame, frame: number }, 0);
  const wanted = live.wantedOf('wanda').map((one) => one.frame);
  expect([wanted.length, wanted[0], wanted.at(-1)]).toEqual([32, 8, 39]);
});
