import { expect, it } from 'vitest';
import { asksForKey, refusalFrom } from './call.ts';

it('takes the sentence of a problem+json answer', () => {
  const refusal = refusalFrom(404, { code: 'job.unknown', detail: 'There is no job x.' });
  expect([refusal.code, refusal.status, refusal.message]).toEqual(['job.unknown', 404, 'There is no job x.']);
});

it('makes do with what a proxy answers', () => {
  expect(refusalFrom(502, null).message).toBe('The farm answered with status 502.');
  expect(refusalFrom(502, { detail: 7 }).code).toBe('farm.internal');
});

it('knows when to ask for the key', () => {
  expect(asksForKey(refusalFrom(401, { code: 'access.no-key' }))).toBe(true);
  expect(asksForKey(refusalFrom(403, null))).toBe(false);
  expect(asksForKey(new TypeError('x'))).toBe(false);
});
