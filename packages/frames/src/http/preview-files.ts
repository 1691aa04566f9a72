import { deliveryRoutes, FarmError } from '@akashganga/protocol';
import type { HttpBindings } from '@hono/node-server';
import type { Context, Hono } from 'hono';
import type { Previews } from '../preview/previews.ts';

type Bound = Context<{ Bindings: HttpBindings }>;

/** The film as it grows: what there is of it, and its pieces. */
export function servePreviews(app: Hono<{ Bindings: HttpBindings }>, previews: Previews): void {
  const { preview, previewPiece } = deliveryRoutes;
  app.get(preview.route.getRoutingPath(), async (context) => {
    const { job } = parse(preview.params, context.req.param());
    return context.json(await previews.look(job, parse(preview.query, context.req.query())));
  });
  app.get(previewPiece.route.getRoutingPath(), async (context) => {
    const { job, piece } = parse(previewPiece.params, context.req.param());
    const { version, codec } = parse(previewPiece.query, context.req.query());
    const bytes = await previews.piece({ job, piece, version, codec }, goneSignal(context));
    return new Response(new Uint8Array(bytes), {
      headers: {
        'content-type': 'video/mp4',
        // The address names the version.
        'cache-control': 'private, max-age=86400, immutable',
        'x-content-type-options': 'nosniff',
      },
    });
  });
}

/** Aborts when whoever asked has gone away: nobody needs the piece then. */
export function goneSignal({ env }: Bound): AbortSignal {
  const gone = new AbortController();
  const { outgoing } = env;
  outgoing.once('close', () => {
    if (!outgoing.writableFinished) gone.abort(new Error('the asker went away'));
  });
  return gone.signal;
}

interface Schema<T> {
  safeParse(value: unknown): { success: true; data: T } | { success: false; error: { message: string } };
}

function parse<T>(schema: Schema<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new FarmError(
    'request.invalid',
    { why: 'the address of the preview is none' },
    { cause: parsed.error },
  );
}
