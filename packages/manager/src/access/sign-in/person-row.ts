import { randomBytes } from 'node:crypto';
import { FarmError } from '@akashganga/protocol';
import type { TokenRow } from '../../record/access-rows.ts';
import { hashOf } from '../secrets.ts';
import type { SignedInPerson } from './sign-in-service.ts';

/** After this the service is asked again, so that who has left it is not let in for long. */
const SIGNED_IN_MS = 12 * 60 * 60_000;

/**
 * What is kept of a person who signed in just now. The name stays what it was the first time, and ends with a part of the
 * id: jobs are of whom their submitter's name says, and people choose their names themselves at some services. Throws
 * `login.revoked`.
 */
export function personRow(
  known: TokenRow | undefined,
  { id, name, role }: SignedInPerson,
  service: string,
  now: number,
): TokenRow {
  if (known && known.revokedAt !== null) throw new FarmError('login.revoked', { name: known.name });
  const fresh = {
    ...{ id, hash: hashOf(randomBytes(32).toString('hex')), name: `${name} (${id.slice(-6)})` },
    ...{ allJobs: false, member: null, createdAt: now, createdBy: service, revokedAt: null },
  };
  return { ...(known ?? fresh), role, expiresAt: now + SIGNED_IN_MS, lastUsedAt: now };
}
