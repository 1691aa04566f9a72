import { randomBytes } from 'node:crypto';
import type { NewToken } from '@akashganga/protocol';
import type { TokenRow } from '../record/access-rows.ts';
import { drawId, hashOf } from './secrets.ts';

/** A new token and its text, which is kept nowhere. `member` is the computer for whose people it is. */
export function drawToken(
  { role, name, allJobs, expiresSeconds }: NewToken,
  createdBy: string,
  member: string | null,
  createdAt: number,
): { row: TokenRow; text: string } {
  const text = `akgt_${randomBytes(32).toString('base64url')}`;
  const row: TokenRow = {
    ...{ id: drawId('t'), hash: hashOf(text), role, name, allJobs, member, createdAt, createdBy },
    ...{ expiresAt: expiresSeconds === null ? null : createdAt + expiresSeconds * 1000 },
    ...{ lastUsedAt: null, revokedAt: null },
  };
  return { row, text };
}

/** What people on a computer that joined submit their jobs with. */
export function drawTokenOfMember({ id, name }: { id: string; name: string }, createdAt: number) {
  const called = `${name} (${id.slice(-6)})`;
  const order = { role: 'artist' as const, name: called, expiresSeconds: null, allJobs: false };
  return drawToken(order, 'join', id, createdAt);
}
