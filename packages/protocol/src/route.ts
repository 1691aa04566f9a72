import { z } from 'zod';
import { ProblemReply } from './problem.ts';

export const API_VERSION = 1;
export const API_PREFIX = '/api/v1';
/** The version of this release, shown by `--version` and sent when a role joins. */
export const RELEASE = '0.1.0';

type Method = 'get' | 'put' | 'post' | 'delete';

// biome-ignore lint/suspicious/noExplicitAny: zod's own way to say "an object schema of any shape"
type AnyObject = z.ZodObject<any>;

interface JsonRoute<Params, Query, Body, Reply extends z.ZodType> {
  readonly method: Method;
  /** Below `/api/v1`, with `{name}` for parameters. */
  readonly path: string;
  readonly summary: string;
  readonly tag: string;
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
  readonly reply: Reply;
}

const problem = {
  description: 'A problem: see `code` and the troubleshooting guide',
  content: { 'application/problem+json': { schema: ProblemReply } },
} as const;

/**
 * A route as hono's OpenAPI wants it. Made here because the library that makes them brings the whole HTTP server along,
 * which whoever only calls routes (the command, a worker, the page) would load for nothing.
 */
function routed<Route extends { readonly path: string }>(route: Route): Route & { getRoutingPath(): string } {
  const getRoutingPath = () => route.path.replace(/\{(\w+)\}/g, ':$1');
  // Not listed, so that it is not taken for a part of the description.
  return Object.defineProperty({ ...route, getRoutingPath }, 'getRoutingPath', { enumerable: false });
}

/**
 * A route whose body and reply are JSON. The manager serves it, the client calls it, OpenAPI shows it.
 * What a route does not take is `undefined`, in its type too.
 */
export function jsonRoute<
  Reply extends z.ZodType,
  Params extends AnyObject | undefined = undefined,
  Query extends AnyObject | undefined = undefined,
  Body extends z.ZodType | undefined = undefined,
>(spec: JsonRoute<Params, Query, Body, Reply>) {
  const route = routed({
    method: spec.method,
    path: API_PREFIX + spec.path,
    summary: spec.summary,
    tags: [spec.tag],
    request: {
      ...(spec.params ? { params: spec.params } : {}),
      ...(spec.query ? { query: spec.query } : {}),
      ...(spec.body
        ? { body: { required: true, content: { 'application/json': { schema: spec.body } } } }
        : {}),
    },
    responses: {
      200: { description: 'Done', content: { 'application/json': { schema: spec.reply } } },
      default: problem,
    },
  });
  return {
    route,
    params: spec.params as Params,
    query: spec.query as Query,
    body: spec.body as Body,
    reply: spec.reply,
  };
}

/** A route whose reply (or body, for `takes`) is bytes; it is described for OpenAPI and handled by hand. */
export function bytesRoute<
  Params extends AnyObject | undefined = undefined,
  Query extends AnyObject | undefined = undefined,
>(spec: {
  method: Method;
  path: string;
  summary: string;
  tag: string;
  params?: Params;
  query?: Query;
  takes?: string;
  gives?: string;
}) {
  const bytes = z.any().meta({ type: 'string', format: 'binary' });
  const route = routed({
    method: spec.method,
    path: API_PREFIX + spec.path,
    summary: spec.summary,
    tags: [spec.tag],
    request: {
      ...(spec.params ? { params: spec.params } : {}),
      ...(spec.query ? { query: spec.query } : {}),
      ...(spec.takes ? { body: { required: true, content: { [spec.takes]: { schema: bytes } } } } : {}),
    },
    responses: {
      200: spec.gives
        ? { description: 'The bytes', content: { [spec.gives]: { schema: bytes } } }
        : { description: 'Done' },
      default: problem,
    },
  });
  return { route, params: spec.params as Params, query: spec.query as Query };
}

/** The path of a route with its parameters filled in and escaped. */
export function fillPath(path: string, params: Readonly<Record<string, string | number>>): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(params[name] ?? '')));
}
