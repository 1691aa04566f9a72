import { FarmError } from '@akashganga/protocol';
import { principalOf } from './access.ts';
import type { HttpContext } from './serve.ts';

/**
 * Throws `access.forbidden` when a member that may act in its own name only acts in another's. The workers of a
 * computer's graphics cards are called after the computer: `ID-…`.
 */
export function mustBeOwn(context: HttpContext, id: string): void {
  const principal = principalOf(context);
  if (!context.get('isOwn') || principal.id === id || id.startsWith(`${principal.id}-`)) return;
  throw new FarmError('access.forbidden', { who: principal.name ?? principal.id, why: `it is not ${id}` });
}

/** Throws `access.forbidden` when an artist changes a job of somebody else. */
export function mustOwnJob(context: HttpContext, job: { readonly submitter: string } | undefined): void {
  const principal = principalOf(context);
  if (!context.get('isOwn') || !job || job.submitter === principal.name) return;
  const why = `the job is of ${job.submitter}`;
  throw new FarmError('access.forbidden', { who: principal.name ?? principal.id, why });
}
