import { createHash, timingSafeEqual } from 'node:crypto';
import { FarmError } from '@akashganga/protocol';

/**
 * A check for the `Authorization` header. Digests are compared, so how long it takes tells nothing of the
 * key, not even its length. Throws `access.no-key` and `access.wrong-key`.
 */
export function keyChecker(key: string): (authorization: string | undefined) => void {
  const right = sha256(key);
  return (authorization) => {
    const given = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
    if (given === undefined) throw new FarmError('access.no-key');
    if (!timingSafeEqual(sha256(given), right)) throw new FarmError('access.wrong-key');
  };
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
