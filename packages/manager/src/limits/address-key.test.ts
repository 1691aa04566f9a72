import { expect, test } from 'vitest';
import { addressKey } from './address-key.ts';

test('addresses of one network of IPv6 are one caller, those of IPv4 one each', () => {
  expect(addressKey('192.168.7.9')).toBe('192.168.7.9');
  expect(addressKey('::ffff:192.168.7.9')).toBe('192.168.7.9');
  const one = addressKey('2001:db8:1:2::1');
  expect(one).toBe('2001:db8:1:2::/64');
  expect(addressKey('2001:0db8:1:2:a:b:c:d')).toBe(one);
  expect(addressKey('2001:db8:1:3::1')).not.toBe(one);
  expect(addressKey('fe80::1%eth0')).toBe(addressKey('fe80::2'));
  expect(addressKey('::1')).toBe('0:0:0:0::/64');
});
