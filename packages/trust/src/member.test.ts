import { expect, test } from 'vitest';
import { isLoopback } from './member.ts';

test.each(['localhost', '127.0.0.1', '127.1.2.3', '::1', '[::1]', '::ffff:127.0.0.1'])(
  '%s is this computer',
  (host) => {
    expect(isLoopback(host)).toBe(true);
  },
);

test.each([
  '127.0.0.1.evil.example',
  '127.evil.example',
  'localhost.evil.example',
  '1127.0.0.1',
  '192.168.0.1',
  '::2',
  '',
])('%s is another computer', (host) => {
  expect(isLoopback(host)).toBe(false);
});
