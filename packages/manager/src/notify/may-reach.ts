import { isIP } from 'node:net';
import { FarmError } from '@akashganga/protocol';
import ipaddr from 'ipaddr.js';

type Range = [ipaddr.IPv4 | ipaddr.IPv6, number];

/** Where notices may go. `isPlain`: over http, where everybody on the way could read them. */
export type MayReach = (address: string, isPlain: boolean) => boolean;

/**
 * Public addresses, over TLS; and what the farm's owner allows besides, as `192.168.1.0/24` or one address. Loopback,
 * private, link-local and all other special addresses are within reach of the manager, but not of whoever
 * may set a webhook. An IPv4 address in the clothes of IPv6 is what it is inside. Throws `usage.bad-flag`.
 */
export function mayReachBeside(allowed: readonly string[]): MayReach {
  const ranges = allowed.map(rangeFrom);
  return (given, isPlain) => {
    if (isIP(given) === 0) return false;
    const address = ipaddr.process(given);
    if (ranges.some((range) => isIn(address, range))) return true;
    return !isPlain && address.range() === 'unicast';
  };
}

function isIn(address: ipaddr.IPv4 | ipaddr.IPv6, [base, bits]: Range): boolean {
  return address.kind() === base.kind() && address.match([base, bits] as never);
}

function rangeFrom(text: string): Range {
  try {
    if (text.includes('/')) return ipaddr.parseCIDR(text);
    // `isValid` would take 127.1, too, which is not how one writes what one allows.
    if (!ipaddr.IPv4.isValidFourPartDecimal(text) && !ipaddr.IPv6.isValid(text)) throw new Error(text);
    const address = ipaddr.process(text);
    return [address, address.kind() === 'ipv4' ? 32 : 128];
  } catch (cause) {
    const why = 'it is an address or a range of them, as 192.168.1.20 or 192.168.1.0/24';
    throw new FarmError('usage.bad-flag', { flag: '--webhooks-to', value: text, why }, { cause });
  }
}
