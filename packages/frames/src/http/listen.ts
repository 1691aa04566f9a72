import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FarmError } from '@akashganga/protocol';
import { createAdaptorServer, type HttpBindings } from '@hono/node-server';
import type { Hono } from 'hono';

/** Serves the app and gives the port it got. Throws `machine.port-in-use`. */
export async function listen(
  app: Hono<{ Bindings: HttpBindings }>,
  host: string,
  port: number,
): Promise<{ server: Server; port: number }> {
  const server = createAdaptorServer({ fetch: app.fetch }) as Server;
  // A large frame over a slow line takes longer than Node's five minutes; a line that is silent is cut instead.
  server.requestTimeout = 0;
  server.setTimeout(120_000);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) =>
      reject(
        cause.code === 'EADDRINUSE' || cause.code === 'EACCES'
          ? new FarmError('machine.port-in-use', { port, host, flag: '--port' }, { cause })
          : cause,
      ),
    );
    server.listen(port, host, resolve);
  });
  return { server, port: (server.address() as AddressInfo).port };
}

/** Lets answers under way finish for `seconds`, then cuts every connection. */
export async function stopListening(server: Server, seconds: number): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  server.closeIdleConnections();
  const cut = setTimeout(() => server.closeAllConnections(), seconds * 1000);
  await closed;
  clearTimeout(cut);
}
