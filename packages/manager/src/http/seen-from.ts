import { isLoopback } from '@akashganga/trust';
import { isEncrypted, remoteAddress } from './remote-address.ts';
import type { HttpContext } from './serve.ts';

/**
 * An address as the caller has to write it. What runs on the manager's own computer is known by a loopback address,
 * which means another computer to a caller elsewhere: that one reaches it by the name it calls the manager. Plain HTTP
 * is for callers that themselves came by it; all others have a certificate to show.
 */
export function seenFrom(context: HttpContext, url: string): string {
  const parsed = new URL(url);
  const isHere = isLoopback(parsed.hostname);
  if (isHere && !isLoopback(remoteAddress(context)))
    parsed.hostname = new URL(`http://${context.req.header('host') ?? parsed.host}`).hostname;
  const isPlain = !isEncrypted(context) && isHere && parsed.protocol === 'http:';
  return `${isPlain ? 'http' : 'https'}://${parsed.host}`;
}
