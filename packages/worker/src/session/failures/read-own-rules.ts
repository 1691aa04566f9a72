import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FarmError } from '@akashganga/protocol';
import { z } from 'zod';
import { FailureRule } from './failure-rule.ts';

const OwnRules = z.array(FailureRule).max(1000);

/** The name of the file in the data folder in which the farm's owner writes rules. */
export const ownRulesFile = 'failure-rules.json';

/** The owner's rules, none without a file. Throws `usage.bad-rules` with the line that is not understood. */
export async function readOwnRules(folder: string): Promise<FailureRule[]> {
  const path = join(folder, ownRulesFile);
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw new FarmError('usage.bad-rules', { path, line: 1, why: `it cannot be read (${error.code})` });
  });
  return text === null ? [] : parseOwnRules(text, path);
}

export function parseOwnRules(text: string, path: string): FailureRule[] {
  const parsed = OwnRules.safeParse(parseJson(text, path));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const [at, ...field] = issue?.path ?? [];
  const line = typeof at === 'number' ? lineOfRule(text, at) : 1;
  const what = field.length > 0 ? `"${field.join('.')}" of rule ${Number(at) + 1}` : `rule ${Number(at) + 1}`;
  const why = `${at === undefined ? 'the file' : what} ${lowerFirst(issue?.message ?? 'is wrong')}`;
  throw new FarmError('usage.bad-rules', { path, line, why });
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const says = (error as Error).message;
    const place = Number(/position (\d+)/.exec(says)?.[1] ?? text.length);
    const line = text.slice(0, place).split('\n').length;
    throw new FarmError('usage.bad-rules', { path, line, why: 'it is not JSON there' }, { cause: error });
  }
}

/** The line on which the element `index` of the outermost array begins; strings are passed over. */
function lineOfRule(text: string, index: number): number {
  let [depth, element, line] = [0, 0, 1];
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{},]|\n/g)) {
    if (token === '\n') line += 1;
    else if (token === '{' && depth === 1 && element === index) return line;
    else if ('[{'.includes(token)) depth += 1;
    else if (']}'.includes(token)) depth -= 1;
    else if (token === ',' && depth === 1) element += 1;
  }
  return line;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
