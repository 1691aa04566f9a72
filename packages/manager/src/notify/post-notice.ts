import { type LookupAddress, lookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { Agent, request } from 'undici';
import type { MayReach } from './may-reach.ts';

/** What became of one attempt. `refused`: it would be of no use to try again. `why` holds nothing of the URL's path. */
export type Outcome =
  | { readonly kind: 'sent'; readonly status: number }
  | { readonly kind: 'refused' | 'failed'; readonly status: number | null; readonly why: string };

export interface Letter {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** From the first look at its name to the status of the answer. */
const PATIENCE_MS = 10_000;
/** The answer's text is of no interest; a little of it is read so that the sender sees a whole exchange. */
const MOST_ANSWER = 64 * 1024;

class OutOfReach extends Error {}

/**
 * Posts a letter. The address is judged when the connection is made, and it is the judged address that is
 * connected to: a name that leads somewhere else a moment later leads nowhere. No redirect is followed.
 */
export async function postNotice(letter: Letter, mayReach: MayReach, end: AbortSignal): Promise<Outcome> {
  const url = new URL(letter.url);
  const isPlain = url.protocol === 'http:';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  // Names are looked up below; a literal address is not.
  if (isIP(host) !== 0 && !mayReach(host, isPlain)) return outOfReach();
  const agent = new Agent({
    connect: { lookup: lookupWithin(mayReach, isPlain), timeout: PATIENCE_MS / 2 },
    maxResponseSize: MOST_ANSWER,
    pipelining: 0,
  });
  try {
    const reply = await request(url, {
      ...{
        method: 'POST',
        dispatcher: agent,
        signal: AbortSignal.any([end, AbortSignal.timeout(PATIENCE_MS)]),
      },
      ...{ headers: letter.headers, body: letter.body },
    });
    reply.body.on('error', () => undefined).destroy();
    return judged(reply.statusCode);
  } catch (error) {
    if (isOutOfReach(error)) return outOfReach();
    return { kind: 'failed', status: null, why: whyOf(error) };
  } finally {
    await agent.destroy();
  }
}

function judged(status: number): Outcome {
  if (status >= 200 && status < 300) return { kind: 'sent', status };
  if (status >= 300 && status < 400)
    return { kind: 'refused', status, why: `it answered ${status}, and redirects are not followed` };
  const isLater = status >= 500 || [408, 409, 423, 425, 429].includes(status);
  return { kind: isLater ? 'failed' : 'refused', status, why: `it answered ${status}` };
}

/** Finds only addresses that may be reached. */
function lookupWithin(mayReach: MayReach, isPlain: boolean): LookupFunction {
  return (host, { family = 0, all = false }, found) => {
    const which = family === 'IPv4' ? 4 : family === 'IPv6' ? 6 : family;
    lookup(host, { family: which, all: true }, (error, addresses: LookupAddress[] = []) => {
      const within = addresses.filter(({ address }) => mayReach(address, isPlain));
      const [first] = within;
      const problem = error ?? (first === undefined ? new OutOfReach() : null);
      if (problem || first === undefined) return found(problem, '');
      if (all) return found(null, within);
      return found(null, first.address, first.family);
    });
  };
}

function isOutOfReach(error: unknown): boolean {
  return error instanceof OutOfReach || (error instanceof Error && error.cause instanceof OutOfReach);
}

function outOfReach(): Outcome {
  const why = 'its address is not one that notices may go to (--webhooks-to)';
  return { kind: 'refused', status: null, why };
}

const WORDS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'nobody knows its name',
  EAI_AGAIN: 'nobody knows its name at present',
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection broke',
  UND_ERR_SOCKET: 'the connection broke',
  UND_ERR_CONNECT_TIMEOUT: 'it does not answer',
  EHOSTUNREACH: 'there is no way to it',
  ENETUNREACH: 'there is no way to it',
};

function whyOf(error: unknown): string {
  const { name, code = '' } = error as { name?: string; code?: string };
  if (name === 'TimeoutError' || name === 'AbortError') return 'it does not answer';
  // Certificates have many codes of their own; none of them holds anything of the URL.
  return WORDS[code] ?? (/^[A-Z0-9_]{3,60}$/.test(code) ? `it failed with ${code}` : 'it failed');
}
