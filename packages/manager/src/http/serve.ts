import type { HttpBindings } from '@hono/node-server';
import type { OpenAPIHono, RouteConfig, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { Principal } from '../access/principal.ts';
import { authorize } from './authorize.ts';

export interface HttpEnv {
  Bindings: HttpBindings;
  Variables: {
    /** Who asks; absent where anybody may. */
    principal?: Principal;
    /** It may do this only with what is its own. */
    isOwn?: boolean;
  };
}
export type App = OpenAPIHono<HttpEnv>;
export type HttpContext = Context<HttpEnv>;

interface Route {
  readonly route: RouteConfig;
  readonly params?: z.ZodType | undefined;
  readonly query?: z.ZodType | undefined;
  readonly body?: z.ZodType | undefined;
  readonly reply?: z.ZodType;
}
type Output<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined;

export interface Given<R extends Route> {
  readonly params: Output<R['params']>;
  readonly query: Output<R['query']>;
  readonly body: Output<R['body']>;
  readonly context: HttpContext;
}

/** Serves a route of the protocol: what the handler is given has been checked against the route's schemas. */
export function serve<R extends Route>(
  app: App,
  route: R,
  handler: (given: Given<R>) => Promise<Output<R['reply']>> | Output<R['reply']>,
): void {
  serveBytes(app, route, async (given) => given.context.json((await handler(given)) as never));
}

/** Like `serve`, for routes whose answer is not JSON. */
export function serveBytes<R extends Route>(
  app: App,
  route: R,
  handler: (given: Given<R>) => Promise<Response> | Response,
): void {
  const { method, path } = route.route;
  app.on(method.toUpperCase(), path.replace(/\{(\w+)\}/g, ':$1'), authorize(method, path));
  // The one place where the route's types meet hono's: hono checks by the same schemas at run time.
  app.openapi(route.route, ((context: HttpContext) =>
    handler({
      params: (route.params ? context.req.valid('param' as never) : undefined) as Output<R['params']>,
      query: (route.query ? context.req.valid('query' as never) : undefined) as Output<R['query']>,
      body: (route.body ? context.req.valid('json' as never) : undefined) as Output<R['body']>,
      context,
    })) as never);
}
