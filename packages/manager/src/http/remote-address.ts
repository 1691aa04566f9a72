import type { HttpContext } from './serve.ts';

/** The caller's address, without the prefix of IPv4 in IPv6. */
export function remoteAddress(context: HttpContext): string {
  return (context.env.incoming.socket.remoteAddress ?? '127.0.0.1').replace(/^::ffff:/, '');
}

/** The host as part of a URL. */
export function inUrl(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

export function isEncrypted(context: HttpContext): boolean {
  return 'encrypted' in context.env.incoming.socket;
}
