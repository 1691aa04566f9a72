import { z } from '@hono/zod-openapi';
import { FarmError } from './farm-error.ts';

const PREFIX = 'akg1_';

const JoinTicket = z.object({
  /** Addresses of the manager, the likeliest first. */
  urls: z
    .array(z.url({ protocol: /^https?$/ }))
    .min(1)
    .max(16),
  key: z.string().min(16).max(200),
});
export type JoinTicket = z.infer<typeof JoinTicket>;

/** One string to copy: the manager's addresses and the farm's key. Treat it like a password. */
export function writeJoinCode(ticket: JoinTicket): string {
  return PREFIX + Buffer.from(JSON.stringify(ticket)).toString('base64url');
}

/** Reads a join code. Throws `access.bad-join-code`. */
export function readJoinCode(code: string): JoinTicket {
  const text = code.trim();
  try {
    if (!text.startsWith(PREFIX)) throw new Error('the prefix is missing');
    return JoinTicket.parse(JSON.parse(Buffer.from(text.slice(PREFIX.length), 'base64url').toString('utf8')));
  } catch (cause) {
    throw new FarmError('access.bad-join-code', {}, { cause });
  }
}
