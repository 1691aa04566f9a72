import type { SandboxReport } from '@akashganga/protocol';
import { expect, test } from 'vitest';
import { sandboxKind, withoutSandbox } from './sandbox-words.ts';

const closed: SandboxReport = { kind: 'bubblewrap', closed: true, says: 'Blender is closed in.' };
const limits: SandboxReport = { kind: 'limits', closed: false, says: 'Blender runs with limits.' };

test('only what closes Blender in is called a sandbox', () => {
  expect([closed, limits, undefined].map(sandboxKind)).toEqual(['bubblewrap', 'none', '?']);
});

test('a reason is said once, with the first of those it concerns', () => {
  const many = Array.from({ length: 7 }, (_, at) => ({ name: `w${at}`, sandbox: limits }));
  expect(
    withoutSandbox([{ name: 'good', sandbox: closed }, ...many, { name: 'old', sandbox: undefined }]),
  ).toEqual(['No sandbox on w0, w1, w2, w3, w4 and 2 more: Blender runs with limits.']);
});
