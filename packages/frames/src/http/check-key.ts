import { createHash, timingSafeEqual } from 'node:crypto';
import { FarmError } from '@akashganga/protocol';
import type { Member } from '@akashganga/trust';

/**
 * A check of who asks: another member by its certificate, or the `Authorization` header of this computer's own roles.
 * Digests are compared, so how long it takes tells nothing of the key, not even its length. Throws `access.no-key`
 * and `access.wrong-key`.
 */
export function keyChecker(
  key: string | null,
  isShutOut: (member: string) => boolean = () => false,
): (authorization: string | undefined, member: Member | null) => void {
  const right = sha256(key ?? '');
  return (authorization, member) => {
    if (member && isShutOut(member.id)) throw new FarmError('access.revoked', { member: member.id });
    if (member?.role === 'worker' || member?.role === 'manager') return;
    const given = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
    if (given === undefined) throw new FarmError('access.no-key');
    if (key === null || !timingSafeEqual(sha256(given), right)) throw new FarmError('access.wrong-key');
  };
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
