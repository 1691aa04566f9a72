import { remoteAddress } from './remote-address.ts';
import type { HttpContext } from './serve.ts';

/** Who the caller says it is (header `akashganga-by`), for the history; else the address it calls from. */
export function whoAsks(context: HttpContext): string {
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
