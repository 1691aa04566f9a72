import type { Asker } from '../access/asker.ts';
import { principalOf } from './access.ts';
import type { Rooms } from './app.ts';
import { callerAddress } from './remote-address.ts';
import type { HttpContext } from './serve.ts';

/**
 * Who asks and from where, for the history. A token says whose it is. The bearer of the farm's own key says so itself (header
 * `akashganga-by`), or is known by the address it calls from.
 */
export function whoAsks(context: HttpContext, { isProxy }: Pick<Rooms, 'isProxy'>): Asker {
  const from = callerAddress(context, isProxy);
  const { name } = principalOf(context);
  if (name !== null) return { by: name, from };
  const said = decoded(context.req.header('akashganga-by') ?? '')
    .replace(/\p{Cc}/gu, '')
    .trim()
    .slice(0, 200);
  return { by: said === '' ? from : said, from };
}

// Headers hold Latin letters only, so names are sent percent-encoded.
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
