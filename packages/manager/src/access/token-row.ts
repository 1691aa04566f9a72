import type { Token } from '@akashganga/protocol';
import type { TokenRow } from '../record/access-rows.ts';
import type { Principal } from './principal.ts';

/** Whether it lets anybody in still. */
export function holds({ revokedAt, expiresAt }: TokenRow, now: number): boolean {
  return revokedAt === null && (expiresAt === null || expiresAt > now);
}

/** What people are told of it. */
export function listed({ hash: _, member: _of, ...token }: TokenRow): Token {
  return token;
}

export function bearerOf({ role, id, name, allJobs }: TokenRow): Principal {
  return { role, id, name, allJobs };
}
