import type { ProblemCode } from '@akashganga/protocol';
import { expect } from 'vitest';
import type { Ended } from './command.ts';

/**
 * The command failed as the contract says: this exit code, this code in the last line of --json, and a sentence with
 * all of `words` that is on stderr too, without a stack.
 */
export function expectProblem(ended: Ended, exit: number, code: ProblemCode, words: readonly string[]): void {
  expect({ exit: ended.code, last: ended.last, stderr: ended.stderr }).toMatchObject({
    exit,
    last: { event: 'failed', code },
  });
  const says = String(ended.last.says);
  for (const word of words) expect(says).toContain(word);
  // A sentence, and a remedy after what is wrong.
  expect(says).toMatch(/[.?]$/);
  expect(says).not.toMatch(/undefined|null|\[object|Error:/);
  expect(ended.stderr).toContain(says);
  expect(ended.stderr).not.toMatch(/\n\s+at /);
}
