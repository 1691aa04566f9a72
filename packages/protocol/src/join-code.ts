import { z } from 'zod';
import { FarmError } from './farm-error.ts';

const PREFIX = 'akg2_';

const Urls = z
  .array(z.url({ protocol: /^https?$/ }).max(300))
  .min(1)
  .max(16);
const Fingerprint = z.string().regex(/^[0-9a-f]{64}$/);

const JoinTicket = z.object({
  /** Addresses of the manager, the likeliest first. */
  urls: Urls,
  /** SHA-256 of the certificate of the farm's authority, in hex. */
  fingerprint: Fingerprint,
  /** Lets one computer in, or as many as were said. */
  secret: z.string().min(16).max(200),
});
export type JoinTicket = z.infer<typeof JoinTicket>;

const TokenTicket = z.object({ urls: Urls, fingerprint: Fingerprint, token: z.string().min(16).max(200) });
/** A token together with the farm it belongs to. */
export type TokenTicket = z.infer<typeof TokenTicket>;

/** One string to copy: the manager's addresses, whom to trust there, and a secret. Treat it like a password. */
export function writeJoinCode(ticket: JoinTicket): string {
  return write(PREFIX, ticket);
}

/** Reads a join code. Throws `access.bad-join-code`. */
export function readJoinCode(code: string): JoinTicket {
  return read(PREFIX, JoinTicket, code);
}

const PASS_PREFIX = 'akgp_';

/** One string to copy for a person: the manager's addresses, whom to trust there, and a token. */
export function writePass(ticket: TokenTicket): string {
  return write(PASS_PREFIX, ticket);
}

/** Reads a pass; null for a bare token. Throws `access.bad-join-code` for one that was cut off. */
export function readPass(text: string): TokenTicket | null {
  return text.trim().startsWith(PASS_PREFIX) ? read(PASS_PREFIX, TokenTicket, text) : null;
}

function write(prefix: string, ticket: object): string {
  return prefix + Buffer.from(JSON.stringify(ticket)).toString('base64url');
}

function read<T>(prefix: string, schema: z.ZodType<T>, code: string): T {
  const text = code.trim();
  try {
    if (!text.startsWith(prefix)) throw new Error('the prefix is missing');
    return schema.parse(JSON.parse(Buffer.from(text.slice(prefix.length), 'base64url').toString('utf8')));
  } catch (cause) {
    throw new FarmError('access.bad-join-code', {}, { cause });
  }
}
