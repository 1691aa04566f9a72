import { expect, test } from 'vitest';
import { isWithin, parseHours } from './hours.ts';

const at = (time: string) => Date.parse(time);

test.each([
  ['22:00-6:00', '2026-11-23T23:30:00Z', true],
  ['22:00-6:00', '2026-11-23T05:59:00Z', true],
  ['22:00-6:00', '2026-11-23T06:00:00Z', false],
  ['22:00-6:00', '2026-11-23T21:59:00Z', false],
  ['mon-fri 8:00-18:00', '2026-11-23T08:00:00Z', true],
  ['mon-fri 8:00-18:00', '2026-11-22T12:00:00Z', false],
  ['fri 22:00-6:00', '2026-11-28T03:00:00Z', true],
  ['fri 22:00-6:00', '2026-11-27T03:00:00Z', false],
  ['sun 22:00-6:00', '2026-11-23T03:00:00Z', true],
  ['sat-mon 10:00-11:00', '2026-11-23T10:30:00Z', true],
  ['sat-mon 10:00-11:00', '2026-11-24T10:30:00Z', false],
  ['0:00-24:00', '2026-11-24T10:30:00Z', true],
  ['8:00-8:00', '2026-11-24T10:30:00Z', true],
  ['mon 8:00-9:00; TUE 10:00-11:00', '2026-11-24T10:30:00Z', true],
])('%s holds at %s: %s', (spec, time, expected) => {
  expect(isWithin(parseHours(spec), 'UTC', at(time))).toBe(expected);
});

test('the clock is that of the worker, also when it is put back in autumn', () => {
  const hours = parseHours('22:00-6:00');
  expect(isWithin(hours, 'Asia/Kolkata', at('2026-11-23T16:31:00Z'))).toBe(true);
  expect(isWithin(hours, 'Asia/Kolkata', at('2026-11-23T16:29:00Z'))).toBe(false);
  expect(isWithin(hours, 'Europe/Paris', at('2026-10-25T04:59:00Z'))).toBe(true);
  expect(isWithin(hours, 'Europe/Paris', at('2026-10-25T05:00:00Z'))).toBe(false);
});

test('a time zone that nobody knows is taken for UTC', () => {
  expect(isWithin(parseHours('22:00-6:00'), 'Mars/Olympus', at('2026-11-23T23:00:00Z'))).toBe(true);
});

test.each(['', 'always', '8-18', '25:00-26:00', '8:61-9:00', 'someday 8:00-9:00', '8:00-9:00;', 'mon-fri'])(
  'hours like "%s" are refused',
  (spec) => {
    expect(() => parseHours(spec)).toThrow(expect.objectContaining({ code: 'request.invalid' }) as Error);
  },
);
