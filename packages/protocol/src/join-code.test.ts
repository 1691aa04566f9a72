import { expect, test } from 'vitest';
import { FarmError } from './farm-error.ts';
import { readJoinCode, readPass, writeJoinCode, writePass } from './join-code.ts';

const urls = ['https://192.168.1.5:7770'];
const fingerprint = '0123456789abcdef'.repeat(4);
const ticket = { urls, fingerprint, secret: 's'.repeat(22) };

test('a join code reads back', () => {
  expect(readJoinCode(` ${writeJoinCode(ticket)}\n`)).toEqual(ticket);
});

test('a pass reads back, and a bare token is none', () => {
  const pass = { urls, fingerprint, token: 't'.repeat(43) };
  expect(readPass(` ${writePass(pass)}\n`)).toEqual(pass);
  expect(readPass('akgt_something')).toBeNull();
  expect(() => readPass(writePass(pass).slice(0, -9))).toThrow(FarmError);
});

test.each([
  '',
  'hello',
  'akg2_',
  'akg2_bm90IGpzb24',
  writeJoinCode(ticket).slice(0, -9),
  writeJoinCode({ ...ticket, fingerprint: 'none' }),
  writePass({ urls, fingerprint, token: 't'.repeat(43) }),
])('%j is no join code', (code) => {
  expect(() => readJoinCode(code)).toThrow(FarmError);
});
