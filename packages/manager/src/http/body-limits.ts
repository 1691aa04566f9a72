import { FarmError } from '@akashganga/protocol';
import type { MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';

/** How large a body may be, in bytes, by the path below `/api/v1`; the first that fits. Null: a stream with a bound of its own. */
const LIMITS: readonly (readonly [path: RegExp, limit: number | null])[] = [
  [/^\/(blobs\/(?!missing$|sources$)|restore$)/, null],
  // Anybody may send these.
  [/^\/(session|members)$/, 64 * 1024],
  // Lists of digests, frames and facts, as long as a scene and a worker make them.
  [/^\/(blobs\/(missing|sources)|jobs|builds|workers)$/, 32 * 1024 * 1024],
  [/^\/(workers|frame-servers)\/[^/]+\/(work|updates|reports|heartbeat)$/, 32 * 1024 * 1024],
  [/^\//, 1024 * 1024],
];

/** Refuses a body that is larger than its route may take, before anything of it is kept. Throws `request.too-large`. */
export const limitBodies: MiddlewareHandler = (context, next) => {
  const length = context.req.header('content-length');
  const isChunked = context.req.header('transfer-encoding') !== undefined;
  if (length === undefined && !isChunked) return next();
  const path = context.req.path.slice('/api/v1'.length);
  const limit = LIMITS.find(([one]) => one.test(path))?.[1] ?? null;
  if (limit === null) return next();
  // Node holds a body to the length it was announced with. To count the bytes instead makes a stream of each
  // request, so that is only for bodies of unknown length.
  if (isChunked) return counted(limit)(context, next);
  if (Number(length) > limit) throw new FarmError('request.too-large', { limit });
  return next();
};

const counters = new Map<number, MiddlewareHandler>();

function counted(limit: number): MiddlewareHandler {
  const known = counters.get(limit);
  if (known) return known;
  const made = bodyLimit({
    maxSize: limit,
    onError: () => {
      throw new FarmError('request.too-large', { limit });
    },
  });
  counters.set(limit, made);
  return made;
}
