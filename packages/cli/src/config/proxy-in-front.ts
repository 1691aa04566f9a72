import { FarmError } from '@akashganga/protocol';
import { addressRanges, isLoopback } from '@akashganga/trust';

export interface ProxyFlags {
  readonly behindProxy?: string | undefined;
  readonly proxyFrom?: string | undefined;
}

/** A proxy that speaks TLS for the farm. */
export interface ProxyInFront {
  /** Where people reach it. */
  readonly url: string;
  /** Whether it calls from this address; what others say of whom they call for is not believed. */
  readonly isProxy: (address: string) => boolean;
}

/** From `--behind-proxy` and `--proxy-from`; null without them. Throws `usage.bad-flag`. */
export function proxyInFront({ behindProxy: url, proxyFrom: from }: ProxyFlags): ProxyInFront | null {
  if (url === undefined) {
    if (from === undefined) return null;
    throw bad('--proxy-from', from, 'it needs --behind-proxy beside it');
  }
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw bad('--behind-proxy', url, 'it is the address of the page, as https://farm.example');
  const isProxy = from === undefined ? isLoopback : addressRanges(from);
  if (!isProxy)
    throw bad('--proxy-from', from ?? '', 'it is addresses and networks, as 10.0.0.5,192.168.1.0/24');
  return { url, isProxy };
}

function bad(flag: string, value: string, why: string): FarmError {
  return new FarmError('usage.bad-flag', { flag, value, why });
}
