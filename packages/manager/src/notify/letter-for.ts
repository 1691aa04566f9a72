import { createHmac } from 'node:crypto';
import type { Notice, NoticeShape } from '@akashganga/protocol';
import type { Letter } from './post-notice.ts';
import { wordsOf } from './words-of.ts';

export interface Sender {
  readonly farm: { readonly id: string; readonly name: string };
  /** Milliseconds since 1970. */
  readonly now: number;
}

export interface Addressee {
  readonly url: string;
  readonly secret: string;
  readonly shape: NoticeShape;
}

/**
 * The notice as it is posted, signed as Standard Webhooks 1.0 says: HMAC-SHA-256 over id, time and body, so that the
 * receiver knows who it is from, that it is whole, and, by the time, that nobody sent an old one again.
 */
export function letterFor(id: string, notice: Notice, to: Addressee, { farm, now }: Sender): Letter {
  const body = bodyFor(id, notice, to.shape, farm);
  const seconds = String(Math.floor(now / 1000));
  const key = Buffer.from(to.secret.replace(/^whsec_/, ''), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64');
  return {
    url: to.url,
    body,
    headers: {
      'content-type': 'application/json',
      'user-agent': 'Akashganga',
      'webhook-id': id,
      'webhook-timestamp': seconds,
      'webhook-signature': `v1,${signature}`,
    },
  };
}

function bodyFor(id: string, notice: Notice, shape: NoticeShape, farm: Sender['farm']): string {
  const text = wordsOf(notice);
  if (shape === 'text') return JSON.stringify({ text });
  // Nobody is called by a name that a job happens to have.
  if (shape === 'content') return JSON.stringify({ content: text, allowed_mentions: { parse: [] } });
  return JSON.stringify({ text, id, farm: { id: farm.id, name: farm.name }, ...notice });
}
