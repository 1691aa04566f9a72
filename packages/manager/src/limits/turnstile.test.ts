import { FarmError } from '@akashganga/protocol';
import { expect, test } from 'vitest';
import { CALLER_LIMITS, Turnstile } from './turnstile.ts';

let now = 0;
const turnstile = () => {
  now = 0;
  const open = { call: 3, transfer: 2, stream: 1 };
  const wrong = { most: 2, perSecond: 1 };
  return new Turnstile({ open, wrong, calls: { most: 10, perSecond: 1 } }, () => now);
};

function codeOf(work: () => unknown): string | null {
  try {
    work();
    return null;
  } catch (error) {
    return error instanceof FarmError ? error.code : 'another error';
  }
}

test('a caller has so much open of each kind, and something again when one is over', () => {
  const gate = turnstile();
  const first = gate.enter('a', 'transfer');
  gate.enter('a', 'transfer');
  expect(codeOf(() => gate.enter('a', 'transfer'))).toBe('caller.too-many-open');
  expect(codeOf(() => gate.enter('a', 'call'))).toBe(null);
  expect(codeOf(() => gate.enter('b', 'transfer'))).toBe(null);
  first();
  first();
  expect(codeOf(() => gate.enter('a', 'transfer'))).toBe(null);
  expect(codeOf(() => gate.enter('a', 'transfer'))).toBe('caller.too-many-open');
});

test('a caller that asks too often waits, and its transfers go on', () => {
  const gate = turnstile();
  for (let at = 0; at < 10; at += 1) gate.enter('a', 'call')();
  expect(codeOf(() => gate.enter('a', 'call'))).toBe('caller.too-often');
  expect(codeOf(() => gate.enter('a', 'transfer'))).toBe(null);
  expect(codeOf(() => gate.enter('b', 'call'))).toBe(null);
  now = 1000;
  expect(codeOf(() => gate.enter('a', 'call'))).toBe(null);
});

test('wrong secrets from one address are held back, those from another are not', () => {
  const gate = turnstile();
  const tries = (address: string) => codeOf(() => gate.wasWrong(address));
  expect([tries('10.0.0.1'), tries('10.0.0.1'), tries('10.0.0.1')]).toEqual([null, null, 'caller.too-often']);
  expect(tries('10.0.0.2')).toBe(null);
  now = 1000;
  expect(tries('10.0.0.1')).toBe(null);
});

test('a thousand workers behind one address, each as busy as can be, meet no limit', () => {
  const gate = new Turnstile(CALLER_LIMITS, () => now);
  for (let second = 0; second < 20; second += 1) {
    now = second * 1000;
    for (let worker = 0; worker < 1000; worker += 1) {
      // Sixteen slots with frames of half a second each: what becomes of them, beats, asking for work, and blobs.
      const over = Array.from({ length: 8 }, () => gate.enter(`w-${worker}`, 'transfer'));
      for (let at = 0; at < 50; at += 1) gate.enter(`w-${worker}`, 'call')();
      for (const one of over) one();
    }
  }
});
