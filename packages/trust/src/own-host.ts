import { isIP } from 'node:net';

/** Names that nobody can register: whoever answers to them is on this network. */
const OF_THIS_NETWORK = /\.(local|localhost|internal|lan|home\.arpa)$/;

/**
 * Whether a request by plain HTTP is meant for us, by its Host header. A page of somebody else can have its own name
 * lead to 127.0.0.1 (DNS rebinding), and a browser then takes us for a part of that site; it sends that site's name.
 * Addresses and names without a dot cannot be used so. TLS needs no such test: our certificate has no such name.
 */
export function isOwnHost(header: string | undefined, names: readonly string[]): boolean {
  // No browser leaves it out.
  if (header === undefined) return true;
  const host = header.toLowerCase().replace(/:\d*$/, '').replace(/\.$/, '');
  if (isIP(host.replace(/^\[|\]$/g, '')) !== 0) return true;
  if (/^[a-z0-9_-]+$/.test(host) || OF_THIS_NETWORK.test(host)) return true;
  return names.some((name) => name.toLowerCase() === host);
}
