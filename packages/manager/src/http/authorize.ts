import { API_PREFIX, FarmError, rightsOf } from '@akashganga/protocol';
import type { MiddlewareHandler } from 'hono';
import type { Principal } from '../access/principal.ts';

/**
 * Asks the table of rights whether the caller's role may use this route, before its parameters and body are looked at.
 * What `own` means at a route is checked by its handler; `isOwn` says that it has to be. A route that the table does
 * not know is refused to everybody.
 */
export function authorize(method: string, path: string): MiddlewareHandler {
  const rights = rightsOf(method.toUpperCase(), path.slice(API_PREFIX.length));
  return async (context, next) => {
    if (rights === 'open') return next();
    const principal = context.get('principal') as Principal | undefined;
    if (!principal) throw new FarmError('access.no-key');
    const right = rights?.[principal.role];
    if (!right) throw forbidden(principal, `it is not for the role "${principal.role}"`);
    context.set('isOwn', right === 'own' && !principal.allJobs);
    return next();
  };
}

export function forbidden(principal: Principal, why: string): FarmError {
  return new FarmError('access.forbidden', { who: principal.name ?? 'The owner', why });
}
