import { expect, test } from 'vitest';
import { FarmError } from './farm-error.ts';
import { readJoinCode, writeJoinCode } from './join-code.ts';

test('a join code reads back', () => {
  const ticket = { urls: ['http://192.168.1.5:7770'], key: 'k'.repeat(43) };
  expect(readJoinCode(` ${writeJoinCode(ticket)}\n`)).toEqual(ticket);
});

test.each([
  '',
  'hello',
  'akg1_',
  'akg1_bm90IGpzb24',
  `${writeJoinCode({ urls: ['http://a'], key: 'k'.repeat(43) }).slice(0, -9)}`,
])('%j is no join code', (code) => {
  expect(() => readJoinCode(code)).toThrow(FarmError);
});
