import { expect, test } from 'vitest';
import { settingsFrom } from './workers.ts';

test.each([
  ['sleep', ['mon-fri', '8:00-18:00'], { sleep: 'mon-fri 8:00-18:00' }],
  ['sleep', ['never'], { sleep: null }],
  ['tags', ['gpu', 'fast'], { tags: ['gpu', 'fast'] }],
  ['tags', [], { tags: [] }],
  ['tags', ['own'], { tags: null }],
  ['only-when-idle', ['yes'], { onlyWhenIdle: true }],
  ['max-jobs', ['2'], { maxJobs: 2 }],
  ['max-jobs', ['any'], { maxJobs: null }],
])('%s %j is understood', (action, values, settings) => {
  expect(settingsFrom(action, values)).toEqual(settings);
});

test.each([
  ['sleep', []],
  ['only-when-idle', ['maybe']],
  ['max-jobs', ['0']],
  ['dance', []],
])('%s %j is refused', (action, values) => {
  expect(() => settingsFrom(action, values)).toThrow(
    expect.objectContaining({ code: 'usage.bad-flag' }) as Error,
  );
});
