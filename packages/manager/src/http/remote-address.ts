import { isIP } from 'node:net';
import type { HttpContext } from './serve.ts';

/** The caller's address, without the prefix of IPv4 in IPv6. */
export function remoteAddress(context: HttpContext): string {
  return (context.env.incoming.socket.remoteAddress ?? '127.0.0.1').replace(/^::ffff:/, '');
}

/**
 * Who calls, for limits and the history. A proxy in front adds the address it was called from as the last one of
 * X-Forwarded-For; what stands before that is only said.
 */
export function callerAddress(context: HttpContext, isProxy: (address: string) => boolean): string {
  const own = remoteAddress(context);
  if (isEncrypted(context) || !isProxy(own)) return own;
  const said = context.req.header('x-forwarded-for')?.split(',').at(-1)?.trim() ?? '';
  return isIP(said) === 0 ? own : said;
}

/** The host as part of a URL. */
export function inUrl(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

export function isEncrypted(context: HttpContext): boolean {
  return 'encrypted' in context.env.incoming.socket;
}
