import { expect, test } from 'vitest';
import { keyChecker } from './check-key.ts';

const worker = { role: 'worker', id: 'w-1' } as const;

test('a member is let in by its certificate until the farm has shut it out', () => {
  const out = new Set<string>();
  const check = keyChecker('the key', (member) => out.has(member));
  expect(() => check(undefined, worker)).not.toThrow();
  out.add('w-1');
  expect(() => check(undefined, worker)).toThrow(expect.objectContaining({ code: 'access.revoked' }));
  expect(() => check(undefined, { role: 'worker', id: 'w-2' })).not.toThrow();
});

test('a frame server is no worker, and nobody comes in without a key', () => {
  const check = keyChecker('the key');
  for (const [authorization, member, code] of [
    [undefined, null, 'access.no-key'],
    [undefined, { role: 'frames', id: 'f-1' }, 'access.no-key'],
    ['Bearer another-key', null, 'access.wrong-key'],
    ['Bearer', null, 'access.no-key'],
    ['Basic dGhlIGtleQ==', null, 'access.no-key'],
  ] as const)
    expect(() => check(authorization, member)).toThrow(expect.objectContaining({ code }));
  expect(() => keyChecker(null)('Bearer null', null)).toThrow(
    expect.objectContaining({ code: 'access.wrong-key' }),
  );
});
