import { BYTES_ONLY, type OpenPort, openPort, type TlsIdentity, tlsOf } from '@akashganga/trust';
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import type { Hono } from 'hono';

export interface ListenOptions {
  readonly app: Hono<{ Bindings: HttpBindings }>;
  readonly host: string;
  /** 0 takes any free one. */
  readonly port: number;
  /** What this frame server shows to other computers. Null: it answers this computer only. */
  readonly tls: TlsIdentity | null;
}

/** Serves the app. Throws `machine.port-in-use`. */
export function listen({ app, host, port, tls }: ListenOptions): Promise<OpenPort> {
  return openPort({
    ...{ host, port, tls: tlsOf(tls), headers: BYTES_ONLY },
    handler: getRequestListener(app.fetch as never),
    tune(server) {
      // A large frame over a slow line takes longer than Node's five minutes; a line that is silent is cut instead.
      server.requestTimeout = 0;
      server.setTimeout(120_000);
    },
  });
}
