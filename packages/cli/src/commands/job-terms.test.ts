import { Command } from 'commander';
import { expect, test } from 'vitest';
import { after, type TermFlags, termsFrom, withTermFlags } from './job-terms.ts';

function parse(...words: string[]) {
  const command = withTermFlags(new Command())
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  return termsFrom(command.parse(words, { from: 'user' }).opts<TermFlags>());
}

test('what a worker must have is read from a list', () => {
  expect(parse('--needs', 'memory=8G,cores=4,gpu=optix')).toEqual({
    needs: { memory: 8 * 1024 ** 3, cores: 4, gpu: 'optix' },
  });
  expect(parse('--needs', 'nothing')).toEqual({ needs: {} });
});

test.each(['memory=8', 'memory=much', 'cores=x', 'wings=2', 'gpu=', ''])(
  'needs like "%s" are refused',
  (text) => {
    expect(() => parse('--needs', text)).toThrow();
  },
);

test('flags that are not given change nothing', () => {
  expect(parse()).toEqual({});
  expect(parse('--max-slots', '3', '--uses', 'licence', '--uses', 'seat')).toEqual({
    maxSlots: 3,
    uses: ['licence', 'seat'],
  });
  expect(parse('--max-slots', 'any')).toEqual({ maxSlots: null });
});

test('a job starts after another, at a date, or at the next such time of the day', () => {
  const now = new Date(2026, 10, 23, 12, 0);
  expect(after('job-1', undefined, now)).toEqual({ afterJob: 'job-1', afterTime: null });
  expect(after('13:30', undefined, now)?.afterTime).toBe(new Date(2026, 10, 23, 13, 30).getTime());
  expect(after('11:30', undefined, now)?.afterTime).toBe(new Date(2026, 10, 24, 11, 30).getTime());
  expect(after('2026-12-24T18:00:00Z', undefined, now)?.afterTime).toBe(Date.UTC(2026, 11, 24, 18));
  expect(after('nothing', undefined, now)).toEqual({ afterJob: null, afterTime: null });
  for (const wrong of ['25:00', 'A B', '2026-99-99']) expect(() => after(wrong, undefined, now)).toThrow();
});
