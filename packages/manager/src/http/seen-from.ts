import { isLoopback, remoteAddress } from './remote-address.ts';
import type { HttpContext } from './serve.ts';

/**
 * What runs on the manager's own computer is known by a loopback address, which means another computer to a
 * caller elsewhere: that one reaches it by the name it calls the manager.
 */
export function seenFrom(context: HttpContext, url: string): string {
  if (isLoopback(remoteAddress(context))) return url;
  const parsed = new URL(url);
  if (!isLoopback(parsed.hostname)) return url;
  parsed.hostname = new URL(`http://${context.req.header('host') ?? parsed.host}`).hostname;
  return parsed.origin;
}
