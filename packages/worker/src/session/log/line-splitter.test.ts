import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lineSplitter } from './line-splitter.ts';

function split(chunks: Buffer[], limit: number): string[] {
  const lines: string[] = [];
  const push = lineSplitter(limit, (line) => lines.push(line));
  for (const chunk of chunks) push(chunk);
  return lines;
}

test('lines are the same however the bytes arrive, and long ones are dropped whole', () => {
  const limit = 20;
  const line = fc.string({ maxLength: 30, unit: 'grapheme-ascii' }).filter((text) => !/[\r\n]/.test(text));
  fc.assert(
    fc.property(fc.array(line), fc.integer({ min: 1, max: 9 }), (lines, step) => {
      const bytes = Buffer.from(lines.map((text) => `${text}\n`).join(''));
      const chunks: Buffer[] = [];
      for (let at = 0; at < bytes.length; at += step) chunks.push(bytes.subarray(at, at + step));
      expect(split(chunks, limit)).toEqual(lines.filter((text) => text.length <= limit));
    }),
  );
});

test('a character that is cut between two chunks stays whole', () => {
  const bytes = Buffer.from('é\r\n');
  expect(split([bytes.subarray(0, 1), bytes.subarray(1)], 10)).toEqual(['é']);
});

test('the end of a line that never ended is not a line', () => {
  expect(split([Buffer.from('a\nb')], 10)).toEqual(['a']);
});
