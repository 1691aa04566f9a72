import { z } from 'zod';
import { FarmError } from './farm-error.ts';
import { isProblemCode, type ProblemCode, type ProblemDetails } from './problems.ts';

/** A problem as it is kept with a job, a frame or a worker. */
export const Problem = z
  .object({ code: z.string().max(100), says: z.string().max(4000) })
  .meta({ id: 'Problem', description: 'A code of the troubleshooting guide and a sentence for people.' });
export type Problem = z.infer<typeof Problem>;

/** A problem as the answer to a request: RFC 9457, media type application/problem+json. */
export const ProblemReply = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    code: z.string(),
    retry: z.enum(['never', 'later', 'elsewhere']),
    details: z.record(z.string(), z.unknown()).optional(),
  })
  .meta({ id: 'ProblemReply' });
export type ProblemReply = z.infer<typeof ProblemReply>;

/** The answer for an error; its cause stays here. */
export function problemReply(error: FarmError): ProblemReply {
  return {
    type: `urn:akashganga:problem:${error.code}`,
    title: error.code,
    status: error.status,
    detail: error.says,
    code: error.code,
    retry: error.retry,
    details: error.details,
  };
}

/** The error again, from its answer. A code this release does not know becomes `farm.internal` with the farm's words. */
export function errorFromReply(reply: ProblemReply): FarmError {
  const code: ProblemCode = isProblemCode(reply.code) ? reply.code : 'farm.internal';
  return new FarmError(code, (reply.details ?? {}) as ProblemDetails, { says: reply.detail });
}

/** Any thrown thing as a problem to keep or show. What is not ours is shown as `fallback`. */
export function toProblem(error: unknown, fallback: ProblemCode = 'farm.internal'): Problem {
  if (error instanceof FarmError) return { code: error.code, says: error.says.slice(0, 4000) };
  const why = error instanceof Error ? error.message : String(error);
  return { code: fallback, says: new FarmError(fallback, { why }).says.slice(0, 4000) };
}
