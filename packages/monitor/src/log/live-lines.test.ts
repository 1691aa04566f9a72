import { expect, it } from 'vitest';
import { joined, noLines } from './live-lines.ts';
import { MOST_LINES } from './log-lines.ts';

const part = (from: number, ...lines: string[]) => ({ lease: 'l-1', worker: 'w', from, lines });

it('puts what came behind what is known', () => {
  const first = joined(noLines, part(0, 'one', 'two'));
  expect(joined(first, part(2, 'three')).lines).toEqual(['one', 'two', 'three']);
  expect(joined(first, part(2))).toBe(first);
});

it('begins anew with another attempt, and behind lines that were passed over', () => {
  const first = joined(noLines, part(0, 'one', 'two'));
  expect(joined(first, { ...part(0, 'again'), lease: 'l-2' })).toMatchObject({
    lease: 'l-2',
    lines: ['again'],
  });
  expect(joined(first, part(90, 'ninety'))).toMatchObject({ from: 90, lines: ['ninety'] });
});

it('keeps what it has when nobody renders the frame any more, and never more than is shown', () => {
  const first = joined(noLines, part(0, 'one'));
  expect(joined(first, { lease: null, worker: null, from: 0, lines: [] })).toBe(first);
  const many = joined(first, part(1, ...Array.from({ length: MOST_LINES }, (_, index) => `${index}`)));
  expect([many.from, many.lines.length]).toEqual([1, MOST_LINES]);
});
