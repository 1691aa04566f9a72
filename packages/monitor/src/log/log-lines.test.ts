import fc from 'fast-check';
import { expect, it } from 'vitest';
import { logLines, MOST_LINES, markedParts } from './log-lines.ts';

it('numbers lines as they stand in the log and finds in any case', () => {
  const found = logLines('Fra:1 Mem:10M\nWarning: lost\nFra:1 done\n', 'WARN');
  expect(found).toEqual({ lines: [{ number: 2, text: 'Warning: lost' }], all: 3, left: 0 });
  expect(logLines('', '').all).toBe(0);
  expect(logLines('a\nb', 'b', 7)).toEqual({ lines: [{ number: 9, text: 'b' }], all: 9, left: 7 });
});

it('keeps the last lines of a long log and says how many there are', () => {
  const { lines, all, left } = logLines(`${'x\n'.repeat(MOST_LINES + 7)}`, '');
  expect([lines.length, all, left, lines[0]?.number]).toEqual([MOST_LINES, MOST_LINES + 7, 7, 8]);
});

it('marks what was found and loses no letter', () => {
  expect(markedParts('Sample 1/64, sample 2', 'sample')).toEqual(['', 'Sample', ' 1/64, ', 'sample', ' 2']);
  fc.assert(
    fc.property(fc.string(), fc.string({ maxLength: 3 }), (line, search) => {
      expect(markedParts(line, search).join('')).toBe(line);
    }),
  );
});
