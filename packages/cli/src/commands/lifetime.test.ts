import { FarmError } from '@akashganga/protocol';
import { expect, test } from 'vitest';
import { lifetime } from './lifetime.ts';

test.each([
  ['90s', 90],
  ['30m', 1800],
  [' 2h', 7200],
  ['7d', 604_800],
])('%s is %i seconds', (text, seconds) => {
  expect(lifetime(text)).toBe(seconds);
});

test.each(['', '0h', 'h', '5', '-1h', '1.5h', '367d', '1w', '99999999999h'])('%j is no time', (text) => {
  expect(() => lifetime(text)).toThrow(FarmError);
});
