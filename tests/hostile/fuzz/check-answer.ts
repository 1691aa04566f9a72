import { isProblemCode, type ProblemCode, ProblemReply } from '@akashganga/protocol';
import type { z } from 'zod';
import type { Answer } from './callers.ts';

/** Of a frame server that somebody made up, and that nobody can reach: true, and told as it is. */
const TRUE_OF_OTHERS: ReadonlySet<ProblemCode> = new Set(['farm.no-frame-server']);

/** What is wrong with an answer, in words; null when it is as it should be. `reply` is the schema of a good one. */
export function checkAnswer(answer: Answer, reply: z.ZodType | undefined): string | null {
  const { status, type, text } = answer;
  if (status < 400) {
    if (!reply || status !== 200) return null;
    const parsed = reply.safeParse(parseJson(text));
    return parsed.success
      ? null
      : `a reply against its own schema: ${parsed.error.issues[0]?.path.join('.')} ${text.slice(0, 300)}`;
  }
  // What is no HTTP, or too much for a header, is refused by Node before the farm sees it.
  if (type === '' && (status === 400 || status === 414 || status === 431)) return null;
  // A range beyond the end: how long it is, is in a header (RFC 9110, 15.5.17).
  if (status === 416 && text === '') return null;
  const problem = ProblemReply.safeParse(parseJson(text));
  if (type !== 'application/problem+json' || !problem.success)
    return `${status} without a problem: ${text.slice(0, 300)}`;
  const { code, detail } = problem.data;
  if (!isProblemCode(code) || problem.data.status !== status)
    return `${status} with an odd problem: ${text.slice(0, 300)}`;
  if (status >= 500 && !TRUE_OF_OTHERS.has(code)) return `${status} ${code}: ${detail}`;
  if (/\bat .*:\d+:\d+|node_modules|\.ts:\d/.test(text)) return `a stack in a problem: ${text.slice(0, 300)}`;
  return null;
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
