import { expect, it } from 'vitest';
import { changeWords, detailWords } from './change-words.ts';

const change = (detail: Record<string, unknown>) => ({
  at: 0,
  by: 'anna',
  what: 'x',
  job: null,
  worker: null,
  detail,
});

it('says a change as a verb, and one it does not know by its name', () => {
  expect(changeWords('set-priority')).toBe('changed the priority of');
  expect(changeWords('polish-lens')).toBe('polish lens');
});

it('says the particulars that were given, and cuts what is endless', () => {
  expect(detailWords(change({ priority: 80, frames: null, tags: ['a'], isAtOnce: false }))).toBe(
    'priority 80, tags ["a"]',
  );
  expect(detailWords(change({ name: 'x'.repeat(500) }))).toHaveLength(200);
});
