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

test('a very long line is cut', () => {
  const ring = new LogRing(100_000);
  ring.add('x'.repeat(50_000));
  expect(ring.text().length).toBeLessThan(5000);
});
