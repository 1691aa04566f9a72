import { expect, it } from 'vitest';
import { changeWords, detailWords, fromWords } from './change-words.ts';

const change = (detail: Record<string, unknown>) => ({
  at: 0,
  by: 'anna',
  from: '192.168.1.7',
  what: 'x',
  job: null,
  worker: null,
  detail,
});

it('says a change as a verb, and one it does not know by its name', () => {
  expect(changeWords('set-priority')).toBe('changed the priority of');
  expect(changeWords('polish-lens')).toBe('polish lens');
});

it('says from where, unless nothing else is known of who it was', () => {
  expect(fromWords(change({}))).toBe(' from 192.168.1.7');
  expect(fromWords({ ...change({}), by: '192.168.1.7' })).toBe('');
  expect(fromWords({ ...change({}), from: null })).toBe('');
});

it('says the particulars that were given, and cuts what is endless', () => {
  expect(detailWords(change({ priority: 80, frames: null, tags: ['a'], isAtOnce: false }))).toBe(
    'priority 80, tags ["a"]',
  );
  expect(detailWords(change({ name: 'x'.repeat(500) }))).toHaveLength(200);
});

it('says a time as a time', () => {
  const words = detailWords(change({ uses: 1, expiresAt: Date.UTC(2026, 10, 24, 12) }));
  expect(words).toMatch(/^uses 1, expires .*2026/);
});
