import type { ProblemCode } from '@akashganga/protocol';
import { asPattern, type FailureMoment, type FailureRule } from './failure-rule.ts';
import { knownRules } from './known-rules.ts';

export interface Recognised {
  readonly code: ProblemCode;
  readonly rule: string;
  /** The line the match stands in. */
  readonly line: string;
  /** What the rule's first parentheses matched, else the line. */
  readonly part: string;
  /** The rule's own sentence, if it has one. */
  readonly says: string | undefined;
}

interface Ready {
  readonly rule: FailureRule;
  readonly pattern: RegExp;
}

/** Tells a failure from Blender's words. Made once for each worker: the owner's rules are asked before the known ones. */
export class Recogniser {
  readonly #rules: readonly Ready[];

  constructor(own: readonly FailureRule[] = []) {
    this.#rules = [...own, ...knownRules].flatMap((rule) => {
      // `^` and `$` mean a line's ends, because a text is a log of many lines.
      const pattern = asPattern(rule.pattern) && new RegExp(rule.pattern, 'im');
      return pattern ? [{ rule, pattern }] : [];
    });
  }

  /** Null when nothing in the text is known. */
  recognise(text: string, at: FailureMoment, crashed = false): Recognised | null {
    for (const { rule, pattern } of this.#rules) {
      if (!rule.at.includes(at) || (rule.crashed && !crashed)) continue;
      const match = pattern.exec(text);
      if (!match) continue;
      const line = lineAround(text, match.index);
      const part = match[1] ?? line;
      return { code: rule.code, rule: rule.name, line, part, says: rule.says?.replaceAll('$1', () => part) };
    }
    return null;
  }
}

function lineAround(text: string, index: number): string {
  const end = text.indexOf('\n', index);
  return text.slice(text.lastIndexOf('\n', index) + 1, end === -1 ? undefined : end).trim();
}
