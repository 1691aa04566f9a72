import { principalOf } from './access.ts';
import { remoteAddress } from './remote-address.ts';
import type { HttpContext } from './serve.ts';

/**
 * Who asks, for the history. A token says whose it is. The bearer of the farm's own key says so itself (header
 * `akashganga-by`), or is known by the address it calls from.
 */
export function whoAsks(context: HttpContext): string {
  const { name } = principalOf(context);
  if (name !== null) return name;
  const said = decoded(context.req.header('akashganga-by') ?? '')
    .replace(/\p{Cc}/gu, '')
    .trim()
    .slice(0, 200);
  return said === '' ? remoteAddress(context) : said;
}

// Headers hold Latin letters only, so names are sent percent-encoded.
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
