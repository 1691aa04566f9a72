import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FrameTeller } from './frame-teller.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

function teller(usualSeconds: number | null) {
  const told: number[] = [];
  const onProgress = ({ fraction }: { fraction: number }) => told.push(Number(fraction.toFixed(2)));
  return { told, frame: new FrameTeller({ frame: 1, output: '/f/0001', usualSeconds, onProgress }) };
}

test('where Blender is silent the usual time of a frame tells, and never that it is done', () => {
  const { told, frame } = teller(10);
  frame.tell(null);
  vi.advanceTimersByTime(3000);
  expect(told).toEqual([0, 0.1, 0.2, 0.3]);
  vi.advanceTimersByTime(60_000);
  expect(told.at(-1)).toBe(0.95);
  frame.close();
  vi.advanceTimersByTime(5000);
  expect(told).toHaveLength(64);
});

test('what Blender tells counts where it is more, and what is shown never falls', () => {
  const { told, frame } = teller(10);
  expect(frame.heard(0.5)).toBe(true);
  expect(frame.heard(0.5)).toBe(false);
  frame.tell(1);
  expect(frame.heard(0.1)).toBe(true);
  frame.tell(1);
  expect(told).toEqual([0.5, 0.5]);
  frame.close();
});

test('while nobody knows how long a frame takes, nothing is estimated', () => {
  const { told, frame } = teller(null);
  frame.tell(null);
  vi.advanceTimersByTime(9000);
  expect(told).toEqual([0]);
  frame.close();
});
