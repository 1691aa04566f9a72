import { expect, test } from 'vitest';
import { LogRing } from './log-ring.ts';

test('a mark gives the lines after it', () => {
  const ring = new LogRing(1000);
  ring.add('before');
  const mark = ring.mark();
  ring.add('one');
  ring.add('two');
  expect(ring.since(mark)).toBe('one\ntwo');
  expect(ring.text()).toBe('before\none\ntwo');
});

test('it never holds more than its limit, and keeps the newest', () => {
  const ring = new LogRing(100);
  const mark = ring.mark();
  for (let n = 0; n < 1000; n++) {
    ring.add(`line ${n}`);
    expect(ring.text().length).toBeLessThanOrEqual(100);
  }
  expect(ring.since(mark).endsWith('line 999')).toBe(true);
  expect(ring.since(ring.mark())).toBe('');
});

test('what Blender says of frames that nobody asked for is left out', () => {
  const ring = new LogRing(1000);
  ring.add("Saved: '/slots/0/frames-1/0001.part.png'");
  ring.add('skipping existing frame "/slots/0/session-1/temporary/blender_a1/gates/0002.png"');
  ring.add('skipping existing frame "/renders/0003.png"');
  expect(ring.text().split('\n')).toEqual([
    "Saved: '/slots/0/frames-1/0001.part.png'",
    'skipping existing frame "/renders/0003.png"',
  ]);
});

test('a tail is what is not known yet, at most so much of it, and says what it leaves out', () => {
  const ring = new LogRing(1000);
  const most = { lines: 3, characters: 100 };
  ring.add('before');
  const mark = ring.mark();
  expect(ring.tail(mark, 0, most)).toEqual({ from: 0, lines: [] });
  for (const line of ['one', 'two', 'three', 'four']) ring.add(line);
  expect(ring.tail(mark, 2, most)).toEqual({ from: 2, lines: ['three', 'four'] });
  expect(ring.tail(mark, 0, most)).toEqual({ from: 1, lines: ['two', 'three', 'four'] });
  expect(ring.tail(mark, 0, { lines: 3, characters: 11 })).toEqual({ from: 2, lines: ['three', 'four'] });
  expect(ring.tail(mark, 4, most)).toEqual({ from: 4, lines: [] });
  for (let count = 0; count < 1000; count += 1) ring.add(`line ${count}`);
  expect(ring.tail(mark, 4, most)).toEqual({ from: 1001, lines: ['line 997', 'line 998', 'line 999'] });
});

test('a very long line is cut', () => {
  const ring = new LogRing(100_000);
  ring.add('x'.repeat(50_000));
  expect(ring.text().length).toBeLessThan(5000);
});
