import { expect, test } from 'vitest';
import { addressRanges } from './address-ranges.ts';

test('addresses are told from others by single ones and by networks', () => {
  const isOne = addressRanges('10.0.0.5, 192.168.1.0/24,fd00::/8');
  for (const address of ['10.0.0.5', '::ffff:10.0.0.5', '192.168.1.200', 'fd12::1'])
    expect(isOne?.(address)).toBe(true);
  for (const address of ['10.0.0.6', '192.168.2.1', 'fe80::1', '127.0.0.1', '', 'farm'])
    expect(isOne?.(address)).toBe(false);
});

test.each([
  '',
  'proxy',
  '10.0.0.0/33',
  '10.0.0.0/8/8',
  '10.0.0.0/',
  'fd00::/129',
  '10.0.0.5,',
  '10.0.0.0/-1',
])('%j is no list of addresses', (text) => {
  expect(addressRanges(text)).toBeNull();
});
