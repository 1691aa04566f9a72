import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { FarmError, problemReply } from '@akashganga/protocol';
import { lockFolder } from '@akashganga/storage';
import { serve } from '@hono/node-server';
import { serveStatic } from '@hono/node-server/serve-static';
import { Hono } from 'hono';
import { proxy } from 'hono/proxy';
import { pageFolder } from './manager-role.ts';
import type { RunningRole } from './run-role.ts';

export interface MonitorRoleOptions {
  readonly data: string;
  readonly host: string;
  readonly port: number;
  /** The manager's base URL. */
  readonly farm: string;
}

/**
 * The job monitor on a computer of its own: serves the page and passes its requests on to the manager.
 * It has no key: whoever uses it signs in, and the session is the manager's.
 */
export async function startMonitorRole(options: MonitorRoleOptions): Promise<RunningRole> {
  const { data, host, port, farm } = options;
  const folder = pageFolder();
  if (!folder)
    throw new FarmError('usage.not-yet', { what: 'The page without the package @akashganga/monitor' });
  if (!existsSync(join(folder, 'index.html')))
    throw new FarmError('usage.not-yet', { what: 'The page before it is built (`npm run build`)' });
  const lock = await lockFolder(join(data, 'monitor'), 'monitor');
  const app = new Hono();
  app.all('/api/*', (context) => {
    const url = new URL(context.req.url);
    const headers = new Headers(context.req.raw.headers);
    // The manager compares the page's origin with the host it was asked for: both are passed on as its own.
    if (headers.get('origin') === url.origin) headers.set('origin', farm);
    headers.set('host', new URL(farm).host);
    return proxy(`${farm}${url.pathname}${url.search}`, { ...context.req, headers }).catch(() =>
      unreachable(farm),
    );
  });
  app.use('*', serveStatic({ root: folder }));
  app.get('*', serveStatic({ path: join(folder, 'index.html') }));
  const server = serve({ fetch: app.fetch, hostname: host, port });
  await new Promise<void>((listening, failed) => {
    server.once('listening', listening);
    server.once('error', (cause: NodeJS.ErrnoException) =>
      failed(
        cause.code === 'EADDRINUSE'
          ? new FarmError('machine.port-in-use', { port, host, flag: '--port' }, { cause })
          : cause,
      ),
    );
  });
  const address = server.address();
  const actual = typeof address === 'object' && address ? address.port : port;
  const close = () =>
    new Promise<void>((closed) => {
      if ('closeAllConnections' in server) server.closeAllConnections();
      server.close(() => closed());
    });
  return { url: `http://${host === '0.0.0.0' ? '127.0.0.1' : host}:${actual}`, close, lock };
}

function unreachable(farm: string): Response {
  const error = new FarmError('farm.unreachable', { url: farm, why: 'no answer' });
  return new Response(JSON.stringify(problemReply(error)), {
    status: error.status,
    headers: { 'content-type': 'application/problem+json' },
  });
}
