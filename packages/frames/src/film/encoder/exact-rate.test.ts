import { expect, test } from 'vitest';
import { exactRate } from './exact-rate.ts';

function rate(fps: number, base: number, largest?: number): string {
  const { numerator, denominator } = exactRate({ fps, base }, largest);
  return `${numerator}/${denominator}`;
}

test('rates are exact fractions in lowest terms', () => {
  expect(rate(24, 1)).toBe('24/1');
  expect(rate(30, 1.001)).toBe('30000/1001');
  expect(rate(60, 1.001)).toBe('60000/1001');
  expect(rate(12.5, 1)).toBe('25/2');
  expect(rate(1, 60)).toBe('1/60');
  expect(rate(1e-7, 1)).toBe('1/10000000');
});

test("Blender's 32-bit floats are what a person wrote", () => {
  expect(rate(30, Math.fround(1.001))).toBe('30000/1001');
  expect(rate(Math.fround(23.976), 1)).toBe('2997/125');
  expect(rate(24, Math.fround(0.1))).toBe('240/1');
});

test('a fraction of too large numbers becomes the nearest one that fits', () => {
  const { numerator, denominator } = exactRate({ fps: 120, base: 1.001 }, 65_535);
  expect(Math.max(numerator, denominator)).toBeLessThanOrEqual(65_535);
  expect(Math.abs(numerator / denominator / (120 / 1.001) - 1)).toBeLessThan(1e-7);
});
