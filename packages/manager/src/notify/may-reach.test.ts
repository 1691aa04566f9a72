import { FarmError } from '@akashganga/protocol';
import { expect, test } from 'vitest';
import { mayReachBeside } from './may-reach.ts';

const special = [
  ...['127.0.0.1', '127.8.9.1', '0.0.0.0', '10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.0.1'],
  ...['169.254.169.254', '100.64.0.1', '224.0.0.1', '255.255.255.255', '192.0.2.1', '198.18.0.1'],
  ...['::1', '::', 'fe80::1', 'fc00::1', 'fd12::1', 'ff02::1', '::ffff:127.0.0.1', '::ffff:10.0.0.1'],
  ...['64:ff9b::7f00:1', '2002:7f00:1::', '2001:db8::1', '2001::1'],
  ...['', 'localhost', 'example.com', '1.2.3', '1.2.3.4.5'],
];

test('no address of this computer, of its network or of any special kind is in reach unless it is allowed', () => {
  const mayReach = mayReachBeside([]);
  expect(special.filter((address) => mayReach(address, false))).toEqual([]);
});

test('public addresses are in reach over TLS and not in plain', () => {
  const mayReach = mayReachBeside([]);
  for (const address of ['1.1.1.1', '203.0.114.1', '2606:4700::1111', '::ffff:1.1.1.1']) {
    expect(mayReach(address, false), address).toBe(true);
    expect(mayReach(address, true), address).toBe(false);
  }
});

test('what the owner allows is in reach, in plain too, and its neighbours are not', () => {
  const mayReach = mayReachBeside(['192.168.7.0/24', '127.0.0.1', 'fd00:1::/32']);
  for (const address of ['192.168.7.9', '127.0.0.1', '::ffff:127.0.0.1', 'fd00:1::5'])
    expect(mayReach(address, true), address).toBe(true);
  for (const address of ['192.168.8.9', '127.0.0.2', 'fd00:2::5'])
    expect(mayReach(address, true), address).toBe(false);
});

test('what is no range is refused in words', () => {
  for (const text of ['127.1', 'localhost', '10.0.0.0/33', '', '0x7f000001', '10.0.0.0/'])
    expect(() => mayReachBeside([text]), text).toThrow(FarmError);
});
