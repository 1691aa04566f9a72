import { isProblemCode, type ProblemCode } from '@akashganga/protocol';
import { z } from 'zod';

/**
 * Where a rule's text stands: in the log of a Blender that ended by itself while it loaded the scene or rendered a
 * frame, in the report of a render that Blender refused, or in the log of a frame that Blender calls finished.
 */
export const FailureMoment = z.enum(['loading', 'rendering', 'report', 'finished']);
export type FailureMoment = z.infer<typeof FailureMoment>;

/** Codes for what only this farm knows, one for each answer to who can mend it. They have no sentence of their own. */
const ownCodes: readonly string[] = ['custom.scene', 'custom.machine', 'custom.capacity', 'custom.transient'];

const code = z.custom<ProblemCode>((value) => typeof value === 'string' && isProblemCode(value), {
  message: 'is no code of docs/guide/troubleshoot.md',
});

const pattern = z
  .string()
  .min(1)
  .max(1000)
  .refine((text) => asPattern(text) !== null, { message: 'is no regular expression' });

const saysWhatItIs = (rule: { code: string; says?: string | undefined }) =>
  rule.says !== undefined || !ownCodes.includes(rule.code);

/**
 * How one failure is recognised. Rules are tried in their order and the first that matches wins, wherever in the text
 * its match stands; so what is certain stands before what is likely.
 */
export const FailureRule = z
  .strictObject({
    /** For people and logs. */
    name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, { message: 'is made of a-z, 0-9 and -' }),
    /** A JavaScript regular expression, case ignored, looked for in each line's text. */
    pattern,
    at: z.array(FailureMoment).min(1),
    code,
    /** Only when Blender was ended by a fault in its own program (signal 11). */
    crashed: z.boolean().optional(),
    /** The sentence for people instead of the code's own; `$1` is what the first parentheses matched. */
    says: z.string().min(1).max(1000).optional(),
  })
  .refine(saysWhatItIs, { path: ['says'], message: 'is needed for a code that begins with custom.' });
export type FailureRule = z.infer<typeof FailureRule>;

export function asPattern(text: string): RegExp | null {
  try {
    return new RegExp(text, 'i');
  } catch {
    return null;
  }
}
