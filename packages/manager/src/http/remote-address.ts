import type { HttpContext } from './serve.ts';

/** The caller's address, without the prefix of IPv4 in IPv6. */
export function remoteAddress(context: HttpContext): string {
  return (context.env.incoming.socket.remoteAddress ?? '127.0.0.1').replace(/^::ffff:/, '');
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127\./.test(host);
}
