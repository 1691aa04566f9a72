import { createHash, randomBytes } from 'node:crypto';

/** What is kept of a secret: its SHA-256 in hex. Secrets are random and long, so that is enough. */
export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** A new id, of no secret. */
export function drawId(prefix: string): string {
  return `${prefix}-${randomBytes(5).toString('hex')}`;
}
