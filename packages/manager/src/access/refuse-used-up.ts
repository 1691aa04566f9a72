import { FarmError } from '@akashganga/protocol';
import type { JoinCodeRow } from '../record/access-rows.ts';

/** Throws `access.code-refused` when nobody may join with the code any more. `now` in ms. */
export function refuseUsedUp(code: JoinCodeRow, now: number): void {
  if (code.revokedAt !== null) throw new FarmError('access.code-refused', { why: 'it was revoked' });
  if (code.expiresAt <= now) throw new FarmError('access.code-refused', { why: 'it has expired' });
  if (code.used >= code.uses)
    throw new FarmError('access.code-refused', {
      why: 'as many computers as it was made for have joined with it',
    });
}
