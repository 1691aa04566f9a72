import { FarmError } from '@akashganga/protocol';
import { fetchAuthority } from '@akashganga/trust';

/**
 * The first of a farm's addresses that is that farm, and its authority (PEM). Addresses are tried one after the other,
 * because the same private address is another computer elsewhere. Throws what the last one was refused for.
 */
export async function firstReachable(
  urls: readonly string[],
  fingerprint: string,
): Promise<{ url: string; authority: string }> {
  let last: unknown = new FarmError('farm.unreachable', { url: urls[0] ?? '', why: 'no address' });
  for (const url of urls) {
    if (!url.startsWith('https:')) continue;
    try {
      return { url, authority: await fetchAuthority(url, fingerprint) };
    } catch (error) {
      // That somebody pretends to be the farm is worth more than that somebody does not answer.
      if (!(last instanceof FarmError) || last.code !== 'access.wrong-fingerprint') last = error;
    }
  }
  throw last;
}
